import { Code, ConnectError } from '@connectrpc/connect';
import { describeError } from '@skein/rpc';
import { CliError, type Trouble } from './cli-error.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** Reads any thrown value as people and scripts need it. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof CliError) return error.trouble;
  if (error instanceof ConnectError) return fromPlatform(error);
  const known = reasonedTrouble(error);
  if (known) return known;
  return {
    reason: 'INTERNAL',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    place: '',
    remedy: 'this is a defect of Skein: report it with this message',
    violations: [],
    exitCode: EXIT.internal,
  };
}

function fromPlatform(error: ConnectError): Trouble {
  const { code, reason, message, place, remedy, violations } = describeError(error);
  const exitCode = exitCodeOf(code, reason);
  return { reason, message, place, remedy: remedy || usualRemedy(exitCode), violations, exitCode };
}

/** Reasons that mean the same to a script whatever code they travel with. */
const EXIT_OF_REASON: Readonly<Record<string, ExitCode>> = {
  AGENT_NOT_FOUND: EXIT.notFound,
  PAYLOAD_TOO_LARGE: EXIT.invalid,
};

function exitCodeOf(code: Code, reason: string): ExitCode {
  const known = EXIT_OF_REASON[reason];
  if (known !== undefined) return known;
  switch (code) {
    case Code.NotFound:
      return EXIT.notFound;
    case Code.InvalidArgument:
    case Code.OutOfRange:
      return EXIT.invalid;
    case Code.Unavailable:
    case Code.Unimplemented:
      return EXIT.unreachable;
    case Code.DeadlineExceeded:
      return EXIT.timedOut;
    case Code.Canceled:
      return EXIT.interrupted;
    case Code.AlreadyExists:
    case Code.FailedPrecondition:
    case Code.Aborted:
    case Code.ResourceExhausted:
    case Code.PermissionDenied:
    case Code.Unauthenticated:
      return EXIT.refused;
    case Code.Internal:
    case Code.Unknown:
    case Code.DataLoss:
      return EXIT.internal;
  }
}

function usualRemedy(exitCode: ExitCode): string {
  if (exitCode === EXIT.unreachable) return '`skein doctor` says what is wrong';
  return exitCode === EXIT.internal ? 'the log of the platform has the details; `skein doctor` says where it is' : '';
}

/** Errors of our libraries (configuration, embedded Postgres) carry a reason and often a mend of their own. */
function reasonedTrouble(error: unknown): Trouble | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if (current instanceof CliError) return current.trouble;
    if (!('reason' in current) || typeof current.reason !== 'string' || current.reason === 'START_FAILED') continue;
    const remedy = 'mend' in current && typeof current.mend === 'string' ? current.mend : '';
    const { reason } = current;
    const message = remedy === '' ? current.message : current.message.replace(`; ${remedy}`, '');
    const exitCode = reason === 'CONFIG_INVALID' ? EXIT.invalid : EXIT.unreachable;
    return { reason, message, place: '', remedy, violations: [], exitCode };
  }
  return undefined;
}
