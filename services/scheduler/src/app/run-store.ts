import type { ClaimedPayload } from '@skein/events';
import type { RunFilter } from '../domain/filter/filter.ts';
import type { JsonObject, ParentLink, RunStatus, SearchAttribute, SearchAttributes } from '@skein/domain';

/** Where a run stands, as its row says it: also whether it is held back, or waits for a time or for somebody. */
export type RunRowStatus = RunStatus | 'WAITING' | 'PAUSED';

/** What one step of a run asks to be made durable. */
export interface StoredTransition {
  readonly namespace: string;
  readonly runId: string;
  readonly firstSeq: number;
  readonly eventCount: number;
  /** The encoded Transition. */
  readonly body: Uint8Array;
  /** W3C traceparent of the run, to travel beside the events. Not stored with the row. */
  readonly traceparent?: string;
  /** Set with a run's first transition. */
  readonly start: RunStart | undefined;
  /** Set when the run has ended with this transition. */
  readonly end: RunEnd | undefined;
  /**
   * Set with a transition that wakes a run which may be parked: the sweep looks at the run at this time, unless it
   * would have earlier. Without it a run whose scheduler dies stays as far away as it was parked. Of no effect on a run
   * that ends.
   */
  readonly checkAtMs?: number;
  /**
   * Set with the end of a child run: its parent, which may be parked, has to be looked at, for the end is told to it
   * only after this is durable.
   */
  readonly parentCheck?: ParentCheck;
  /** Set where an open run's row has to say something else from now on. */
  readonly status?: RunRowStatus;
  /** Payloads that have left the body, which claims them. */
  readonly payloads?: readonly StoredPayload[];
  /** Decisions that people are asked for from now on, or that are not open any more. */
  readonly approvals?: readonly ApprovalRow[];
}

/** A payload as its row has it. */
export interface StoredPayload extends Pick<ClaimedPayload, 'digest'> {
  /** Undefined: the text is in the object store. */
  readonly json: Uint8Array | undefined;
}

/** A run whose child has ended: while it is open, the sweep looks at it at this time, unless it would have earlier. */
export interface ParentCheck {
  readonly runId: string;
  readonly checkAtMs: number;
}

/** Where a decision stands. */
export type ApprovalStatus = 'OPEN' | 'APPROVED' | 'REJECTED' | 'EXPIRED' | 'CANCELLED';

/** A decision that a run asks people for. */
export interface ApprovalRow {
  readonly namespace: string;
  readonly runId: string;
  readonly nodeId: string;
  readonly workflowId: string;
  readonly status: ApprovalStatus;
  readonly prompt: string;
  /** Empty: anybody. */
  readonly approvers: readonly string[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly decidedBy: string;
  readonly comment: string;
  readonly decidedAtMs: number | undefined;
}

/** The row of a new run. */
export interface RunStart {
  readonly workflowId: string;
  readonly workflowVersion: number;
  readonly createdAtMs: number;
  /** When the sweep should look at the run, if nobody has before. */
  readonly checkAtMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly searchAttributes: SearchAttributes;
  readonly memo: JsonObject | undefined;
  readonly sessionId: string;
  readonly status: RunRowStatus;
  readonly parent: Pick<ParentLink, 'runId' | 'nodeId'> | undefined;
  /** Makes the start idempotent. */
  readonly key: StartKey | undefined;
}

/** An idempotent start. */
export interface StartKey {
  readonly requestId: string;
  /** Of everything in the request that makes a difference. */
  readonly digest: string;
}

/** How a run ended. */
export interface RunEnd {
  readonly status: RunStatus;
  readonly endedAtMs: number;
  readonly failureCode: string | undefined;
  readonly failureMessage: string | undefined;
  readonly failedNodeId: string | undefined;
}

/** One commit. */
export interface CommitBatch {
  /** Names the commit, its outbox row and the bus messages made of it: a UUIDv7. */
  readonly commitId: string;
  /** At most one a run. */
  readonly transitions: readonly StoredTransition[];
  /** Outbox rows that may go. */
  readonly confirmedBatchIds: readonly string[];
}

/** A stored row of a run's history. */
export interface TransitionRow {
  readonly firstSeq: number;
  readonly eventCount: number;
  readonly body: Uint8Array;
}

/** What is stored of a run's history. */
export interface StoredHistory {
  readonly namespace: string;
  /** Oldest first. One only where the run is pruned. */
  readonly rows: readonly HistoryRow[];
}

/** A row of a run's history, or what is left of all of them. */
export interface HistoryRow extends TransitionRow {
  /**
   * Set where the run has ended and its events are event-log's alone (run-pruning.ts): the row stands for all of them,
   * and its body is the run as it ended (final-state.ts). This is the run's own row.
   */
  readonly prunedRun?: RunRow;
}

/** A run as its row has it. */
export interface RunRow {
  readonly runId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly workflowVersion: number;
  readonly status: RunRowStatus;
  readonly parent: Pick<ParentLink, 'runId' | 'nodeId'> | undefined;
  readonly createdAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly searchAttributes: SearchAttributes;
  readonly memo: JsonObject | undefined;
  readonly sessionId: string;
  readonly failureCode: string | undefined;
  readonly failureMessage: string | undefined;
  readonly failedNodeId: string | undefined;
  /** Whether its events are event-log's alone. */
  readonly isPruned: boolean;
}

/** Filters and place of a list. */
export interface RunQuery {
  readonly namespace: string;
  readonly workflowId: string | undefined;
  /** Empty: any. */
  readonly statuses: readonly RunRowStatus[];
  /** Only children of this run; undefined: any. */
  readonly parentRunId: string | undefined;
  /** Whether children are listed where no parent is given. */
  readonly includeChildren: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly filter?: RunFilter | undefined;
  readonly limit: number;
  /** Only runs older than this one. */
  readonly beforeRunId: string | undefined;
}

/** Runs by a filter alone. */
export interface RunSelection {
  readonly namespace: string;
  /** Undefined: all. */
  readonly filter: RunFilter | undefined;
  readonly includeChildren: boolean;
  /** Only runs with a greater id. */
  readonly afterRunId?: string | undefined;
  /** Only runs with an id that is not greater. */
  readonly upToRunId?: string | undefined;
}

/** What runs are counted by. */
export type RunGrouping =
  | { readonly kind: 'state' | 'workflow_id' }
  | { readonly kind: 'attribute'; readonly name: string };

/** How many runs there are. */
export interface RunCounts {
  readonly count: number;
  /** Largest first. */
  readonly groups: readonly RunGroup[];
}

export interface RunGroup {
  /** Undefined: runs without the attribute. */
  readonly value: SearchAttribute | undefined;
  readonly count: number;
}

/** Most groups of one count. */
export const MAX_RUN_GROUPS = 1000;

/** A transition on its way to event-log. */
export interface OutboxTransition extends TransitionRow {
  readonly runId: string;
  readonly namespace: string;
  /** W3C traceparent of the run; left out where the events are brought again. */
  readonly traceparent?: string;
}

/** An outbox row with what it points to. */
export interface OutboxBatch {
  readonly batchId: string;
  readonly transitions: readonly OutboxTransition[];
}

/**
 * Where runs are kept. The only writer of run state.
 *
 * S1. `commit` is atomic: of each transition either all is stored (row, run row, key, outbox) or nothing.
 * S2. Of several transitions with the same run and first_seq exactly one is ever stored.
 * S3. A start with a key is stored only by whoever stored the key.
 * S4. Of a run that has ended, or was never begun, no further transition is stored.
 */
export interface RunStore {
  /**
   * Stores what wins and answers with the ids of the runs whose transition did.
   * @throws CommitOutcomeUnknownError when the connection broke before the answer; `settle` tells.
   * @throws PoisonedBatchError when the store refuses the data itself.
   */
  commit(batch: CommitBatch): Promise<ReadonlySet<string>>;
  /** After a commit of unknown outcome: the ids of the runs whose transition it did store. */
  settle(batch: CommitBatch): Promise<ReadonlySet<string>>;
  /** A run's whole history with its payloads, or what is left of it; undefined where there is no such run. */
  load(runId: string): Promise<StoredHistory | undefined>;
  /** Payloads of a run by their digests; those that are not there are left out. */
  payloads(runId: string, digests: readonly string[]): Promise<readonly ClaimedPayload[]>;
  /** Rows of a run with events after a seq, as they are stored: with claims; oldest first; none of a run that is pruned, as `runRow` tells. */
  transitionsAfter(runId: string, afterSeq: number, limit: number): Promise<readonly TransitionRow[]>;
  /** The newest row of a run's history, without its body. A pruned run answers as if one row held all its events. */
  lastTransition(runId: string): Promise<Pick<TransitionRow, 'firstSeq' | 'eventCount'> | undefined>;
  runRow(runId: string): Promise<RunRow | undefined>;
  listRuns(query: RunQuery): Promise<readonly RunRow[]>;
  /** Counts runs, in all and by `groupBy`: the `MAX_RUN_GROUPS` largest groups. */
  countRuns(selection: RunSelection, groupBy: RunGrouping | undefined): Promise<RunCounts>;
  /** Ids of runs, the smallest first. */
  selectRuns(selection: RunSelection, limit: number): Promise<readonly string[]>;
  /** The run that an earlier start with this key made. */
  findStart(
    namespace: string,
    requestId: string,
  ): Promise<{ readonly runId: string; readonly digest: string } | undefined>;
  /**
   * Open runs, oldest first, after the given id: what a scheduler adopts when it starts. With `dueWithinMs` only those
   * that the sweep has to look at by then: runs parked further away may stay where they are.
   */
  openRuns(afterRunId: string | undefined, limit: number, dueWithinMs?: number): Promise<readonly string[]>;
  /** Open runs of these shards that are due to be looked at, the most overdue first. */
  dueRuns(limit: number, shards: readonly number[]): Promise<readonly string[]>;
  /** Those of these runs that have ended. */
  endedAmong(runIds: readonly string[]): Promise<readonly string[]>;
  /** Those of these runs that are not open: they have ended, are deleted, or never were. */
  closedAmong(runIds: readonly string[]): Promise<readonly string[]>;
  /** Those of these runs that exist. */
  existingAmong(runIds: readonly string[]): Promise<readonly string[]>;
  /** Says when the sweep should look at these open runs again, in milliseconds from now. */
  postpone(runIds: readonly string[], delayMs: number): Promise<void>;
  /** Outbox rows older than `ageMs` that no other scheduler is relaying at this moment. */
  staleOutbox(ageMs: number, limit: number): Promise<readonly OutboxBatch[]>;
  /** Deletes confirmed outbox rows. */
  deleteOutbox(batchIds: readonly string[]): Promise<void>;
  /** Deletes start keys older than `ageMs`; answers how many. */
  deleteStartKeys(ageMs: number): Promise<number>;
  /** A decision that a run has asked for. */
  approval(runId: string, nodeId: string): Promise<ApprovalRow | undefined>;
  /** Decisions in the order of ApprovalService.ListApprovals. */
  listApprovals(query: ApprovalQuery): Promise<readonly ApprovalRow[]>;
}

/** Filters and place of a list of decisions. */
export interface ApprovalQuery {
  readonly namespace: string;
  /** At least one. */
  readonly statuses: readonly ApprovalStatus[];
  /** Undefined: any. */
  readonly approver: string | undefined;
  readonly runId: string | undefined;
  readonly limit: number;
  /** The last one of the page before. */
  readonly after: ApprovalPosition | undefined;
}

/** Where an approval stands in its list. */
export type ApprovalPosition = Pick<ApprovalRow, 'status' | 'expiresAtMs' | 'runId' | 'nodeId'>;

/** Nobody knows whether a commit was made. */
export class CommitOutcomeUnknownError extends Error {
  override readonly name = 'CommitOutcomeUnknownError';
}

/** The store will never take this batch: something in it is unacceptable. */
export class PoisonedBatchError extends Error {
  override readonly name = 'PoisonedBatchError';
}
