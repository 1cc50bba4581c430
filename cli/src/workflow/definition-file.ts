/** Definition files on their way to the platform, and its problems on their way back to the lines they stand on. */
import { ConnectError } from '@connectrpc/connect';
import { ProblemSeverity, type ApplyWorkflowResponse, type WorkflowProblem } from '@skein/contracts/scheduler';
import { reasonOf } from '@skein/rpc';
import type { Api } from '../api/api.ts';
import { CliError, type Violation } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { readTextFile } from '../input/json-input.ts';

/** The text of a definition; `-` is standard input. */
export function readDefinition(file: string, host: Host): Promise<string> {
  return file === '-' ? host.readStdin() : readTextFile(file, 'FILE');
}

/** Stores a definition. One that is not valid is refused with every problem and its line. */
export async function applyDefinition(api: Api, file: string, source: string): Promise<ApplyWorkflowResponse> {
  const { namespace } = api;
  try {
    return await api.workflows.applyWorkflow({ namespace, definition: { case: 'source', value: source } });
  } catch (error) {
    if (!(error instanceof ConnectError) || reasonOf(error) !== 'INVALID_WORKFLOW') throw error;
    const { problems } = await validateDefinition(api, source);
    throw invalidDefinition(file, problems, error);
  }
}

/** Everything that is wrong with a definition; and how so many runs of the workflow would have gone on it. */
export function validateDefinition(api: Api, source: string, againstRuns = 0) {
  const { namespace } = api;
  return api.workflows.validateWorkflow({ namespace, definition: { case: 'source', value: source }, againstRuns });
}

/** The error that a definition with these problems ends in. */
export function invalidDefinition(file: string, problems: readonly WorkflowProblem[], cause?: unknown): CliError {
  const errors = problems.filter(({ severity }) => severity === ProblemSeverity.ERROR);
  const count = errors.length === 1 ? '1 problem' : `${errors.length} problems`;
  return new CliError({
    reason: 'INVALID_WORKFLOW',
    message: `the workflow in ${file} is not valid: ${count}`,
    place: file,
    remedy: `correct the file; \`skein workflows validate ${file}\` checks it again`,
    violations: errors.map(violationOf),
    exitCode: EXIT.invalid,
    cause,
  });
}

/** A problem as errors and warnings show it. */
export function violationOf({ path, message, remedy, code, line, column }: WorkflowProblem): Violation {
  const description = remedy === '' ? message : `${message}; ${remedy}`;
  return { field: path, description, reason: code, ...(line === 0 ? {} : { line, column }) };
}
