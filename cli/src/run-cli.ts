import { CommanderError, type Command } from 'commander';
import { CliError, type Trouble } from './cli-error.ts';
import { Invocation } from './command.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Host } from './host.ts';
import { Output } from './output/output.ts';
import { troubleJson, troubleText } from './output/trouble-text.ts';
import { createProgram } from './program.ts';

/** Carries out one command line (`args` without the program's name) and answers with the exit code. Never rejects. */
export async function runCli(args: readonly string[], host: Host): Promise<ExitCode> {
  const invocation = new Invocation(host);
  const program = createProgram(invocation);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return invocation.exitCode;
  } catch (error) {
    const code = interruptedCode(host);
    if (code !== undefined) return code;
    if (error instanceof CommanderError) return endOfUsage(error, program, args, host);
    const { troubleOf } = await import('./trouble.ts');
    return tell(troubleOf(error), args, host);
  }
}

/** After Ctrl-C the command's own errors are only its consequence. */
function interruptedCode({ interrupted }: Host): ExitCode | undefined {
  if (!interrupted.aborted) return undefined;
  return interrupted.reason === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
}

function endOfUsage(error: CommanderError, program: Command, args: readonly string[], host: Host): ExitCode {
  // Help that was asked for has been printed; help for want of a command has not.
  if (error.exitCode === 0) return EXIT.ok;
  if (error.code === 'commander.help') {
    const asked = args.reduce((command, arg) => command.commands.find((it) => it.name() === arg) ?? command, program);
    host.stderr.write(asked.helpInformation());
    return EXIT.usage;
  }
  const [message = '', ...hints] = error.message.replace(/^error: /, '').split('\n');
  const remedy = [...hints, '`skein help` lists the commands, `skein help COMMAND` explains one'].join(' ');
  return tell(new CliError({ reason: 'USAGE', message, remedy, exitCode: EXIT.usage }).trouble, args, host);
}

/** Tells an error to people on standard error and, with `-o json`, to scripts on standard output. */
function tell(trouble: Trouble, args: readonly string[], host: Host): ExitCode {
  const json = /(?:^| )(?:-o ?|--output[= ])json(?: |$)/.test(args.join(' '));
  const color = !args.includes('--no-color') && (host.env['NO_COLOR'] ?? '') === '';
  const output = new Output(host.stdout, host.stderr, { json, quiet: false, color });
  output.document(troubleJson(trouble));
  output.error(troubleText(trouble, output.paintNote));
  return trouble.exitCode;
}
