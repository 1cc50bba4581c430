import { EXIT, type ExitCode } from './exit-code.ts';

/** One wrong part of what was given. */
export interface Violation {
  /** Where, such as `nodes.route.input` or `input/text`. */
  readonly field: string;
  /** What is wrong and what would be right. */
  readonly description: string;
  /** UPPER_SNAKE_CASE code. */
  readonly reason: string;
  /** Place in the file, from 1, where it is known. */
  readonly line?: number;
  readonly column?: number;
}

/** What people and scripts are told of an error. */
export interface Trouble {
  /** Stable UPPER_SNAKE_CASE code. */
  readonly reason: string;
  readonly message: string;
  /** Where: a file, a field, an address. Empty: not known. */
  readonly place: string;
  /** What to do about it. Empty: not known. */
  readonly remedy: string;
  readonly violations: readonly Violation[];
  readonly exitCode: ExitCode;
}

/** What an error of the command line itself says. */
export interface CliErrorInit extends Partial<Trouble> {
  readonly reason: string;
  readonly message: string;
  readonly cause?: unknown;
}

/** An error that already knows how to tell itself. Whatever else is thrown is read by `troubleOf`. */
export class CliError extends Error {
  readonly trouble: Trouble;

  constructor(init: CliErrorInit) {
    super(init.message, { cause: init.cause });
    this.name = 'CliError';
    const { reason, message, place = '', remedy = '', violations = [], exitCode = EXIT.internal } = init;
    this.trouble = { reason, message, place, remedy, violations, exitCode };
  }
}

/** A value on the command line that cannot be used. */
export function invalidValue(place: string, message: string, remedy: string, cause?: unknown): CliError {
  return new CliError({ reason: 'INVALID_FIELD', message, place, remedy, exitCode: EXIT.invalid, cause });
}
