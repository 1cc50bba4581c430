import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import type { CommandModule, Invocation } from '../command.ts';
import { EXIT, EXIT_MEANINGS } from '../exit-code.ts';
import type { Output } from '../output/output.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('[command...]', 'the command to explain, or exit-codes');
  invocation.handle(command, async ({ output }, path: string[]) => {
    if (path.join(' ') === 'exit-codes') {
      printExitCodes(output);
      return;
    }
    let found: Command = command.parent ?? command;
    for (const name of path) found = await subcommand(found, name, invocation);
    found.outputHelp();
  });
};

async function subcommand(parent: Command, name: string, invocation: Invocation): Promise<Command> {
  const found = parent.commands.find((command) => command.name() === name);
  if (!found) {
    throw new CliError({
      reason: 'USAGE',
      message: `there is no command "${name}" in \`${parent.name()}\``,
      remedy: `it has ${parent.commands.map((command) => command.name()).join(', ') || 'none'}`,
      exitCode: EXIT.usage,
    });
  }
  await invocation.load(found);
  return found;
}

function printExitCodes(output: Output): void {
  output.document(EXIT_MEANINGS);
  for (const { code, meaning } of EXIT_MEANINGS) output.line(`${String(code).padStart(4)}  ${meaning}`);
}
