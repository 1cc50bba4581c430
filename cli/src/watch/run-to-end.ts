import type { MessageInitShape } from '@bufbuild/protobuf';
import { RunSchema, RunState, type Run, type StartRunRequestSchema } from '@skein/contracts/scheduler';
import type { Api } from '../api/api.ts';
import { CliError } from '../cli-error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { WaitOptions } from '../input/start-options.ts';
import { plainJson } from '../output/plain-json.ts';
import type { Session } from '../session.ts';
import { itemJson } from './event-json.ts';
import type { FollowedItem } from './follow-run.ts';
import { runLines } from './run-lines.ts';
import { showEndedRun } from './show-run.ts';
import { watchRun } from './watch-run.ts';

/** Starts a run and answers with it as it then is. */
export async function startRun(api: Api, request: MessageInitShape<typeof StartRunRequestSchema>): Promise<Run> {
  const { run } = await api.runs.startRun({ ...request, namespace: api.namespace });
  if (run) return run;
  throw new CliError({ reason: 'INTERNAL', message: `${api.address} answered a start without a run` });
}

/** Waits for a run with progress, prints what it came to, and answers with the exit code. */
export async function showToEnd(session: Session, api: Api, runId: string, options: WaitOptions): Promise<ExitCode> {
  const { output, host } = session;
  const { timeout, follow = false } = options;
  const asItems = output.json && follow;
  const lines = runLines(output);
  const show = (item: FollowedItem): void => (asItems ? output.item(itemJson(item)) : lines(item));
  const onLost = (why: string): void => output.note(why);
  const limit = timeout === undefined ? {} : { timeoutMs: timeout };
  try {
    const run = await watchRun(api, runId, { taskEvents: follow, show, onLost, ...limit });
    if (!asItems) return showEndedRun(run, output);
    output.item({ type: 'run', payload: plainJson(RunSchema, run) });
    return run.state === RunState.DONE ? EXIT.ok : EXIT.unsuccessful;
  } catch (error) {
    if (host.interrupted.aborted) {
      output.note(`run ${runId} goes on: \`skein runs watch\` follows it, \`skein runs cancel\` ends it`);
    }
    throw error;
  }
}
