/**
 * Does the same to every run that a filter finds.
 *
 * Owns: the order, the pace, and what is said of the progress. Does not own: what is done to a run.
 *
 * B1. Runs come in the order of their ids, up to the newest that the filter held for at the beginning: what the operation
 *     itself starts is not among them, and every run comes once.
 * B2. Nothing of it is stored. Each step may be repeated, so that after a crash the same request does the rest;
 *     `afterRunId` spares it the runs that are done, no more.
 * B3. A run that refuses is counted and told of, and the next one comes. Where nobody answers, the operation ends with
 *     that error: what was told of is done.
 */
import type { RunQuery, RunSelection, RunStore } from './run-store.ts';

/** Runs at a time. */
const CONCURRENCY = 16;
/** Runs between two reports. */
const RUNS_A_STEP = 64;

/** A bulk operation. */
export interface BulkOptions {
  readonly store: Pick<RunStore, 'countRuns' | 'listRuns' | 'selectRuns'>;
  readonly selection: RunSelection;
  /** Only says how many runs there are. */
  readonly dryRun: boolean;
  /** Does it to one run. */
  readonly act: (runId: string) => unknown;
  /** Whether an error is the answer of the run, or says that nobody answers. */
  readonly isRefusal: (error: unknown) => boolean;
  /** Ends it after the runs at hand. */
  readonly signal: AbortSignal;
}

/** How far it is. */
export interface BulkProgress {
  readonly matched: number;
  readonly done: number;
  readonly failed: number;
  /** Undefined: none is done yet. */
  readonly lastRunId: string | undefined;
  /** Of this step. */
  readonly failures: readonly BulkFailure[];
  readonly finished: boolean;
}

/** A run that refused. */
export interface BulkFailure {
  readonly runId: string;
  readonly error: unknown;
}

/** Works through the runs and tells of every step; the last report is `finished`. @throws what is no refusal (B3) */
export async function* bulkRuns(options: BulkOptions): AsyncGenerator<BulkProgress> {
  const { store, dryRun, signal } = options;
  const upToRunId = await newestOf(store, options.selection);
  const selection = { ...options.selection, upToRunId };
  const matched = upToRunId === undefined ? 0 : (await store.countRuns(selection, undefined)).count;
  let progress: BulkProgress = { matched, done: 0, failed: 0, lastRunId: undefined, failures: [], finished: false };
  const nothingToDo = dryRun || matched === 0;
  yield { ...progress, finished: nothingToDo };
  if (nothingToDo) return;
  while (!progress.finished && !signal.aborted) {
    const afterRunId = progress.lastRunId ?? selection.afterRunId;
    const runIds = await store.selectRuns({ ...selection, afterRunId }, RUNS_A_STEP);
    const failures = await actOnEach(options, runIds);
    progress = {
      matched,
      done: progress.done + runIds.length - failures.length,
      failed: progress.failed + failures.length,
      lastRunId: runIds.at(-1) ?? progress.lastRunId,
      failures,
      finished: runIds.length < RUNS_A_STEP,
    };
    yield progress;
  }
}

/** B1. */
async function newestOf(
  store: BulkOptions['store'],
  { namespace, filter, includeChildren }: RunSelection,
): Promise<string | undefined> {
  const any = { workflowId: undefined, statuses: [], parentRunId: undefined, labels: {}, beforeRunId: undefined };
  const query: RunQuery = { ...any, namespace, filter, includeChildren, limit: 1 };
  return (await store.listRuns(query))[0]?.runId;
}

/** Several at a time, each once; answers when all at hand are done. */
async function actOnEach({ act, isRefusal }: BulkOptions, runIds: readonly string[]): Promise<BulkFailure[]> {
  const waiting = runIds.values();
  const failures: BulkFailure[] = [];
  const work = async (): Promise<void> => {
    for (const runId of waiting) {
      try {
        await act(runId);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        failures.push({ runId, error });
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: CONCURRENCY }, work));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return failures;
}
