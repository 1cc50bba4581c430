import { v7 as uuidv7 } from 'uuid';
import type { CommitBatch, RunEnd, RunStart, StoredTransition } from '../../app/run-store.ts';

const HOUR_MS = 60 * 60 * 1000;

/** A run id; later ones are greater. */
export function newRunId(): string {
  return uuidv7();
}

/** A start of a run that nobody has to look at for an hour. */
export function start(
  runId: string,
  change: Partial<RunStart> & { readonly namespace?: string } = {},
): StoredTransition {
  const { namespace = 'default', ...changed } = change;
  const nowMs = Date.now();
  const sample: RunStart = {
    workflowId: 'sample',
    workflowVersion: 1,
    createdAtMs: nowMs,
    checkAtMs: nowMs + HOUR_MS,
    labels: {},
    searchAttributes: {},
    memo: undefined,
    sessionId: '',
    status: 'RUNNING',
    parent: undefined,
    key: undefined,
  };
  return { ...step(runId, 1, 2), namespace, start: { ...sample, ...changed } };
}

/** A later transition of a run. */
export function step(runId: string, firstSeq: number, eventCount = 1): StoredTransition {
  const body = Buffer.from(`events of ${runId} from ${firstSeq}`);
  return { namespace: 'default', runId, firstSeq, eventCount, body, start: undefined, end: undefined };
}

/** The same transition, which ends its run. */
export function ending(transition: StoredTransition, change: Partial<RunEnd> = {}): StoredTransition {
  const sample: RunEnd = {
    status: 'DONE',
    endedAtMs: Date.now(),
    failureCode: undefined,
    failureMessage: undefined,
    failedNodeId: undefined,
  };
  return { ...transition, end: { ...sample, ...change } };
}

/** A commit of some transitions. */
export function batch(...transitions: readonly StoredTransition[]): CommitBatch {
  return { commitId: uuidv7(), transitions, confirmedBatchIds: [] };
}

/** A start key. */
export function startKey(requestId: string, digest = 'digest') {
  return { requestId, digest };
}
