/** Stored runs, replayed on another plan: would they have come the same way? */
import { BrokenHistoryError, replay, type Divergence, type HistoryEvent, type Plan } from '@skein/domain';
import { decodeTransition } from '@skein/events';
import type { RunRow, RunStore, TransitionRow } from './run-store.ts';

/** What became of one run. */
export interface ReplayedRun {
  readonly row: RunRow;
  readonly eventCount: number;
  readonly divergences: readonly Divergence[];
  /** Its events are event-log's alone: nothing was replayed. */
  readonly isPruned: boolean;
}

/** Which runs. */
export interface ReplayQuery {
  readonly namespace: string;
  readonly workflowId: string;
  /** At most this many, the newest. */
  readonly limit: number;
  /** Only open runs, of this version. Default: all. */
  readonly openOfVersion?: number;
}

/** Most runs that one call replays: each is read whole. */
export const MAX_REPLAYS = 100;
/** Open runs of a version are picked from so many of the workflow. */
const MAX_LISTED = 1000;
const OPEN = ['CREATED', 'RUNNING', 'WAITING', 'PAUSED', 'FAILING', 'CANCELLING'] as const;

/** Replays stored runs, newest first. */
export async function replayRuns(
  store: Pick<RunStore, 'listRuns' | 'load'>,
  plan: Plan,
  query: ReplayQuery,
): Promise<ReplayedRun[]> {
  const { namespace, workflowId, limit, openOfVersion } = query;
  const isOpenOnly = openOfVersion !== undefined;
  const rows = await store.listRuns({
    namespace,
    workflowId,
    statuses: isOpenOnly ? OPEN : [],
    parentRunId: undefined,
    includeChildren: false,
    labels: {},
    limit: isOpenOnly ? MAX_LISTED : limit,
    beforeRunId: undefined,
  });
  const wanted = rows.filter((row) => !isOpenOnly || row.workflowVersion === openOfVersion).slice(0, limit);
  const replayed: ReplayedRun[] = [];
  // One after the other: a history may be large, and the scheduler has other things to do.
  for (const row of wanted) replayed.push(await replayRun(store, plan, row));
  return replayed;
}

async function replayRun(store: Pick<RunStore, 'load'>, plan: Plan, row: RunRow): Promise<ReplayedRun> {
  const rows = (await store.load(row.runId))?.rows ?? [];
  if (rows[0] === undefined || rows[0].prunedRun !== undefined) {
    return { row, eventCount: 0, divergences: [], isPruned: true };
  }
  const history = rows.flatMap(eventsOf);
  try {
    return { row, ...replay(plan, row, history), isPruned: false };
  } catch (error) {
    // One run that cannot be read must not hide what the others say.
    if (error instanceof BrokenHistoryError) {
      return { row, eventCount: history.length, divergences: [unreadable(error)], isPruned: false };
    }
    throw error;
  }
}

function unreadable({ seq, message }: BrokenHistoryError): Divergence {
  const hint = `the history is broken: ${message}; see \`skein doctor\``;
  return { code: 'NOT_DECIDED', seq, nodeId: '', recorded: undefined, decided: undefined, fields: [], hint };
}

function eventsOf({ firstSeq, body }: TransitionRow): HistoryEvent[] {
  const { occurredAtMs, events } = decodeTransition(body);
  return events.map((event, index) => ({ seq: firstSeq + index, occurredAtMs, event }));
}
