import { ConnectError } from '@connectrpc/connect';
import type { Run } from '@skein/contracts/scheduler';
import type { Api } from '../api/api.ts';
import { awaitEnd } from './await-end.ts';
import { followRun, type FollowedItem } from './follow-run.ts';

/** Who watches a run, and how. */
export interface Watcher {
  /** Whether streamed text and progress of agents are wanted too. */
  readonly taskEvents: boolean;
  /** Longest time to wait for the end. Default: no limit. */
  readonly timeoutMs?: number;
  /** Shows one piece of the run. */
  readonly show: (item: FollowedItem) => void;
  /** Told when events cannot be had any more; the run is waited for without them. */
  readonly onLost: (why: string) => void;
}

/** Time for the last events to come in after the run is known to have ended. */
const LAST_EVENTS_MS = 3_000;

/** Follows a run and answers with it as it ended. The end is learnt from the run itself: events are for the eye. */
export async function watchRun(api: Api, runId: string, watcher: Watcher): Promise<Run> {
  const stop = new AbortController();
  const showing = showEvents(api, runId, watcher, stop.signal);
  try {
    const run = await awaitEnd(api, runId, watcher.timeoutMs);
    const late = setTimeout(() => stop.abort(), LAST_EVENTS_MS);
    await showing;
    clearTimeout(late);
    return run;
  } finally {
    stop.abort();
    await showing;
  }
}

async function showEvents(
  api: Api,
  runId: string,
  { taskEvents, show, onLost }: Watcher,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const item of followRun(api, runId, { taskEvents, signal })) show(item);
  } catch (error) {
    if (!signal.aborted) onLost(`no live progress: ${ConnectError.from(error).rawMessage}`);
  }
}
