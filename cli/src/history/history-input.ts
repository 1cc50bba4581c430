/** History files and the definitions they are held against, on their way from a file into the kernel's terms. */
import { BrokenHistoryError, parseWorkflow, type JsonObject, type Plan, type Problem } from '@skein/domain';
import { HistoryFileError, readHistoryFile, UnknownEventError, type HistoryFile } from '@skein/events';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { readTextFile } from '../input/json-input.ts';

/** The history in a file; `-` is standard input. */
export async function readHistory(file: string, host: Host): Promise<HistoryFile> {
  const text = file === '-' ? await host.readStdin() : await readTextFile(file, 'FILE');
  return ofFile(file, () => readHistoryFile(text));
}

/** Does something with the events of a file; what is wrong with them is told with the file's name. */
export function ofFile<T>(file: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw isOfFile(error) ? invalidHistory(file, error) : error;
  }
}

/** The plan of a definition that the command line names or a history holds. */
export function planOf(place: string, source: string | JsonObject): Plan {
  const { plan, problems } = parseWorkflow(source, typeof source === 'string' ? {} : { dialect: 'native' });
  if (plan !== undefined) return plan;
  throw new CliError({
    reason: 'INVALID_WORKFLOW',
    message: `the workflow in ${place} is not valid`,
    place,
    remedy: 'correct the definition, or give another with --workflow',
    violations: problems.filter(({ severity }) => severity === 'error').map(violationOf),
    exitCode: EXIT.invalid,
  });
}

function violationOf({ path, message, mend, code, line, column }: Problem) {
  const description = mend === undefined || mend === '' ? message : `${message}; ${mend}`;
  const place = line === undefined || column === undefined ? {} : { line, column };
  return { field: path, description, reason: code, ...place };
}

type FileFault = HistoryFileError | BrokenHistoryError | UnknownEventError;

function isOfFile(error: unknown): error is FileFault {
  return [HistoryFileError, BrokenHistoryError, UnknownEventError].some((kind) => error instanceof kind);
}

function invalidHistory(file: string, error: FileFault): CliError {
  const place = error instanceof HistoryFileError ? `${file}:${error.line}` : file;
  return new CliError({
    reason: 'INVALID_HISTORY',
    message: error.message,
    place,
    remedy: error instanceof HistoryFileError ? error.remedy : 'export the run again with `skein runs export`',
    exitCode: EXIT.invalid,
    cause: error,
  });
}
