/**
 * How commands are put together: a table of names and summaries, and one module a command that is loaded when the
 * command is asked for, so that a short command does not wait for what a long one needs.
 */
import type { Command } from 'commander';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Host } from './host.ts';
import { openSession, type Session } from './session.ts';

/** One command in the table of its parent. */
export interface CommandEntry {
  readonly name: string;
  /** Completes the sentence "This command …", without a full stop. */
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** What the module of a command exports. */
export interface CommandModule {
  /** Gives the command its arguments, options and action, or its subcommands. */
  define(command: Command, invocation: Invocation): void;
}

/** One use of the command line: carries the host in and the exit code out. */
export class Invocation {
  readonly host: Host;
  exitCode: ExitCode = EXIT.ok;
  readonly #loaders = new Map<Command, () => Promise<void>>();

  constructor(host: Host) {
    this.host = host;
  }

  /** Makes a function the command's action. It gets the session, the arguments and last the options. */
  handle(command: Command, action: (session: Session, ...args: never[]) => Promise<ExitCode | undefined | void>): void {
    command.action(async (...all: unknown[]) => {
      const session = openSession(this.host, command.optsWithGlobals());
      // commander hands the command itself over last.
      this.exitCode = (await action(session, ...(all.slice(0, -1) as never[]))) ?? EXIT.ok;
    });
  }

  /** Adds subcommands that are loaded when they are asked for. */
  addCommands(parent: Command, entries: readonly CommandEntry[]): void {
    for (const { name, summary, load } of entries) {
      const command = parent.command(name).summary(summary).description(`${summary}.`).helpCommand(false);
      this.#loaders.set(command, async () => (await load()).define(command, this));
    }
    parent.hook('preSubcommand', (_, command) => this.load(command));
  }

  /** Loads a command of the table; a second time does nothing. */
  async load(command: Command): Promise<void> {
    const load = this.#loaders.get(command);
    this.#loaders.delete(command);
    await load?.();
  }
}
