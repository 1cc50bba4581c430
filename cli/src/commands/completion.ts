import { Argument, type Command } from 'commander';
import type { CommandModule, Invocation } from '../command.ts';
import { bashScript, zshScript, type CompletionWords } from '../completion/script.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh']))
    .addHelpText(
      'after',
      '\nbash: eval "$(skein completion bash)" in ~/.bashrc\nzsh: eval "$(skein completion zsh)" in ~/.zshrc, after compinit',
    );
  invocation.handle(command, async ({ host }, shell: 'bash' | 'zsh') => {
    const words = await wordsOf(command.parent ?? command, invocation);
    host.stdout.write(shell === 'bash' ? bashScript(words) : zshScript(words));
  });
};

/** What may follow each command: its subcommands and its options, with those of the commands above. */
async function wordsOf(program: Command, invocation: Invocation): Promise<CompletionWords[]> {
  const all: CompletionWords[] = [];
  const visit = async (command: Command, path: string[], inherited: readonly string[]): Promise<void> => {
    await invocation.load(command);
    const options = [...inherited, ...command.options.flatMap(({ long }) => long ?? [])];
    const words = command.commands.map((child) => child.name());
    all.push({ path: path.join(' '), words, options: [...options, '--help'] });
    for (const child of command.commands) await visit(child, [...path, child.name()], options);
  };
  await visit(program, [], []);
  return all;
}
