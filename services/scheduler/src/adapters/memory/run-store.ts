/**
 * Runs in memory: the twin of the Postgres adapter for tests and simulations. It keeps the same promises
 * (S1–S3, `testing/run-store.contract.ts`) except the one that matters in production: nothing outlives the process.
 *
 * Every call does all its work at once, so that calls never see each other half done.
 */
import type { SearchAttribute } from '@skein/domain';
import { redeemTransition, type ClaimedPayload } from '@skein/events';
import type { PrunedRun, RunPruning } from '../../app/run-pruning.ts';
import {
  MAX_RUN_GROUPS,
  PoisonedBatchError,
  type ApprovalPosition,
  type ApprovalQuery,
  type ApprovalRow,
  type CommitBatch,
  type OutboxBatch,
  type ParentCheck,
  type RunCounts,
  type RunGrouping,
  type RunQuery,
  type RunRow,
  type RunSelection,
  type RunStart,
  type RunStore,
  type StartKey,
  type StoredHistory,
  type StoredTransition,
  type TransitionRow,
} from '../../app/run-store.ts';
import { matchesFilter } from '../../domain/filter/matches.ts';
import { shardOf } from '../../domain/shards.ts';
import { refusalOf } from './refusal.ts';

/** What the twin needs. */
export interface MemoryRunStoreOptions {
  /** The store's clock, in milliseconds since 1970; default: the machine's. */
  readonly nowMs?: () => number;
}

interface StoredRun {
  row: RunRow;
  /** Undefined: the run has ended. */
  checkAtMs: number | undefined;
  /** Oldest first. */
  readonly transitions: (TransitionRow & { readonly commitId: string })[];
  /** What is left of a pruned history. */
  pruned: PrunedRun | undefined;
  /** Whether it stays although it has ended, because it cannot be folded. */
  isKept: boolean;
}

interface OutboxRow {
  readonly createdAtMs: number;
  readonly keys: readonly Pick<StoredTransition, 'runId' | 'firstSeq'>[];
}

export class MemoryRunStore implements RunStore, RunPruning {
  readonly #nowMs: () => number;
  readonly #runs = new Map<string, StoredRun>();
  readonly #startKeys = new Map<string, { runId: string; digest: string; createdAtMs: number }>();
  readonly #outbox = new Map<string, OutboxRow>();
  /** By run and digest. */
  readonly #payloads = new Map<string, Map<string, Uint8Array>>();
  readonly #approvals = new Map<string, ApprovalRow>();

  constructor({ nowMs = Date.now }: MemoryRunStoreOptions = {}) {
    this.#nowMs = nowMs;
  }

  async commit(batch: CommitBatch): Promise<ReadonlySet<string>> {
    const refusal = refusalOf(batch);
    if (refusal !== undefined) throw new PoisonedBatchError(refusal);
    const winners = batch.transitions.filter((transition) => this.#store(transition, batch.commitId));
    if (winners.length > 0) this.#outbox.set(batch.commitId, { createdAtMs: this.#nowMs(), keys: winners });
    await this.deleteOutbox(batch.confirmedBatchIds);
    return new Set(winners.map(({ runId }) => runId));
  }

  async settle({ commitId, transitions }: CommitBatch): Promise<ReadonlySet<string>> {
    const stored = transitions.filter(({ runId, firstSeq }) =>
      this.#runs.get(runId)?.transitions.some((row) => row.firstSeq === firstSeq && row.commitId === commitId),
    );
    return new Set(stored.map(({ runId }) => runId));
  }

  async load(runId: string): Promise<StoredHistory | undefined> {
    const run = this.#runs.get(runId);
    if (run === undefined) return undefined;
    const { row, pruned } = run;
    const { namespace } = row;
    if (pruned === undefined) return { namespace, rows: this.#wholeRows(runId, run) };
    const { lastSeq, finalState } = pruned;
    return { namespace, rows: [{ firstSeq: 1, eventCount: lastSeq, body: finalState, prunedRun: row }] };
  }

  async payloads(runId: string, digests: readonly string[]): Promise<readonly ClaimedPayload[]> {
    const own = this.#payloads.get(runId);
    return digests.flatMap((digest) => {
      const json = own?.get(digest);
      return json === undefined ? [] : [{ digest, json }];
    });
  }

  #wholeRows(runId: string, { transitions }: StoredRun): readonly TransitionRow[] {
    const own = this.#payloads.get(runId);
    const rows = transitions.map(transitionRow);
    if (own === undefined) return rows;
    return rows.map((row) => ({ ...row, body: redeemTransition(row.body, (digest) => own.get(digest)) }));
  }

  async transitionsAfter(runId: string, afterSeq: number, limit: number): Promise<readonly TransitionRow[]> {
    const run = this.#runs.get(runId);
    const rows = run === undefined || run.row.isPruned ? [] : run.transitions;
    const after = rows.filter(({ firstSeq, eventCount }) => firstSeq + eventCount - 1 > afterSeq);
    return after.slice(0, limit).map(transitionRow);
  }

  async lastTransition(runId: string) {
    const run = this.#runs.get(runId);
    if (run?.pruned !== undefined) return { firstSeq: 1, eventCount: run.pruned.lastSeq };
    const last = run?.transitions.at(-1);
    return last && { firstSeq: last.firstSeq, eventCount: last.eventCount };
  }

  async runRow(runId: string): Promise<RunRow | undefined> {
    return this.#runs.get(runId)?.row;
  }

  async listRuns(query: RunQuery): Promise<readonly RunRow[]> {
    const found = Array.from(this.#runs.values(), ({ row }) => row).filter((row) => matches(row, query));
    return found.toSorted((a, b) => compare(b.runId, a.runId)).slice(0, query.limit);
  }

  async countRuns(selection: RunSelection, groupBy: RunGrouping | undefined): Promise<RunCounts> {
    const found = this.#selected(selection);
    const rows = groupBy === undefined ? [] : found;
    const byValue = Map.groupBy(rows, (row) => JSON.stringify(groupValue(row, groupBy)) ?? '');
    const groups = Array.from(byValue.values(), (of) => ({ value: groupValue(of[0], groupBy), count: of.length }));
    const largestFirst = groups.toSorted((a, b) => b.count - a.count || compareJson(a.value, b.value));
    return { count: found.length, groups: largestFirst.slice(0, MAX_RUN_GROUPS) };
  }

  async selectRuns(selection: RunSelection, limit: number): Promise<readonly string[]> {
    const found = this.#selected(selection).map(({ runId }) => runId);
    return found.toSorted(compare).slice(0, limit);
  }

  #selected(selection: RunSelection): RunRow[] {
    return Array.from(this.#runs.values(), ({ row }) => row).filter((row) => isSelected(row, selection));
  }

  async findStart(namespace: string, requestId: string) {
    const found = this.#startKeys.get(startKeyOf(namespace, requestId));
    return found && { runId: found.runId, digest: found.digest };
  }

  async openRuns(afterRunId = '', limit: number, dueWithinMs = Infinity): Promise<readonly string[]> {
    const untilMs = this.#nowMs() + dueWithinMs;
    const open = [...this.#runs.entries()].filter(
      ([runId, { checkAtMs }]) => checkAtMs !== undefined && checkAtMs <= untilMs && runId > afterRunId,
    );
    return open
      .map(([runId]) => runId)
      .toSorted(compare)
      .slice(0, limit);
  }

  async dueRuns(limit: number, shards: readonly number[]): Promise<readonly string[]> {
    const nowMs = this.#nowMs();
    const wanted = new Set(shards);
    const due = [...this.#runs.entries()].filter(
      ([runId, { checkAtMs }]) => checkAtMs !== undefined && checkAtMs <= nowMs && wanted.has(shardOf(runId)),
    );
    const overdueFirst = due.toSorted(([, a], [, b]) => (a.checkAtMs ?? 0) - (b.checkAtMs ?? 0));
    return overdueFirst.slice(0, limit).map(([runId]) => runId);
  }

  async endedAmong(runIds: readonly string[]): Promise<readonly string[]> {
    return runIds.filter((runId) => {
      const run = this.#runs.get(runId);
      return run !== undefined && !isOpen(run);
    });
  }

  async closedAmong(runIds: readonly string[]): Promise<readonly string[]> {
    return runIds.filter((runId) => {
      const run = this.#runs.get(runId);
      return run === undefined || !isOpen(run);
    });
  }

  async existingAmong(runIds: readonly string[]): Promise<readonly string[]> {
    return runIds.filter((runId) => this.#runs.has(runId));
  }

  async postpone(runIds: readonly string[], delayMs: number): Promise<void> {
    for (const runId of runIds) {
      const run = this.#runs.get(runId);
      if (run !== undefined && isOpen(run)) run.checkAtMs = this.#nowMs() + delayMs;
    }
  }

  async staleOutbox(ageMs: number, limit: number): Promise<readonly OutboxBatch[]> {
    const newestMs = this.#nowMs() - ageMs;
    const stale = [...this.#outbox.entries()].filter(([, { createdAtMs }]) => createdAtMs <= newestMs);
    return stale.slice(0, limit).map(([batchId, { keys }]) => ({
      batchId,
      transitions: keys
        .toSorted((a, b) => compare(a.runId, b.runId))
        .flatMap(({ runId, firstSeq }) => this.#outboxTransition(runId, firstSeq)),
    }));
  }

  async deleteOutbox(batchIds: readonly string[]): Promise<void> {
    for (const batchId of batchIds) this.#outbox.delete(batchId);
  }

  async deleteStartKeys(ageMs: number): Promise<number> {
    const newestMs = this.#nowMs() - ageMs;
    const old = [...this.#startKeys.entries()].filter(([, { createdAtMs }]) => createdAtMs <= newestMs);
    for (const [key] of old) this.#startKeys.delete(key);
    return old.length;
  }

  async approval(runId: string, nodeId: string): Promise<ApprovalRow | undefined> {
    return this.#approvals.get(approvalKey({ runId, nodeId }));
  }

  async listApprovals(query: ApprovalQuery): Promise<readonly ApprovalRow[]> {
    const found = [...this.#approvals.values()].filter((row) => isAsked(row, query)).toSorted(compareApprovals);
    const { after } = query;
    return found.filter((row) => after === undefined || compareApprovals(row, after) > 0).slice(0, query.limit);
  }

  async pruneEnded(...[ageMs, { maxRuns, maxBytes }, compact]: Parameters<RunPruning['pruneEnded']>) {
    const counts = { pruned: 0, kept: 0 };
    let bytesBefore = 0;
    for (const [runId, run] of this.#prunable(ageMs).slice(0, maxRuns)) {
      if (bytesBefore >= maxBytes) break;
      for (const { body } of run.transitions) bytesBefore += body.byteLength;
      const { namespace } = run.row;
      const pruned = compact({ runId, namespace, rows: this.#wholeRows(runId, run) });
      counts[pruned === undefined ? 'kept' : 'pruned'] += 1;
      run.pruned = pruned;
      run.isKept = pruned === undefined;
      run.row = { ...run.row, isPruned: pruned !== undefined };
      // The first stays, so that nobody starts another run under this id.
      if (pruned !== undefined) run.transitions.splice(1);
    }
    return counts;
  }

  #prunable(ageMs: number): [string, StoredRun][] {
    const newestMs = this.#nowMs() - ageMs;
    const waiting = new Set([...this.#outbox.values()].flatMap(({ keys }) => keys.map(({ runId }) => runId)));
    const endedAtMs = ({ row }: StoredRun) => row.endedAtMs ?? Infinity;
    const due = [...this.#runs.entries()].filter(
      ([runId, run]) => endedAtMs(run) <= newestMs && run.pruned === undefined && !run.isKept && !waiting.has(runId),
    );
    return due.toSorted(([, a], [, b]) => endedAtMs(a) - endedAtMs(b));
  }

  /** Stores one transition if its place is free and, for a start with a key, the key (S2, S3). */
  #store(transition: StoredTransition, commitId: string): boolean {
    const { namespace, runId, firstSeq, eventCount, body, start, end, checkAtMs = Infinity } = transition;
    const known = this.#runs.get(runId);
    if (known?.transitions.some((row) => row.firstSeq === firstSeq)) return false;
    if (firstSeq > 1 && (known === undefined || !isOpen(known))) return false;
    if (start?.key !== undefined && !this.#takeKey(namespace, runId, start.key)) return false;
    const run = start === undefined ? known : newRun(transition, start);
    if (run === undefined) return false;
    this.#runs.set(runId, run);
    run.transitions.push({ firstSeq, eventCount, body, commitId });
    if (run.checkAtMs !== undefined) run.checkAtMs = Math.min(run.checkAtMs, checkAtMs);
    this.#keepPayloads(transition);
    for (const row of transition.approvals ?? []) this.#approvals.set(approvalKey(row), row);
    if (transition.status !== undefined) run.row = { ...run.row, status: transition.status };
    if (end === undefined) return true;
    run.row = { ...run.row, ...end };
    run.checkAtMs = undefined;
    if (transition.parentCheck !== undefined) this.#bringNear(transition.parentCheck);
    return true;
  }

  #bringNear({ runId, checkAtMs }: ParentCheck): void {
    const parent = this.#runs.get(runId);
    if (parent?.checkAtMs !== undefined) parent.checkAtMs = Math.min(parent.checkAtMs, checkAtMs);
  }

  #keepPayloads({ runId, payloads = [] }: StoredTransition): void {
    if (payloads.length === 0) return;
    const own = this.#payloads.get(runId) ?? new Map<string, Uint8Array>();
    for (const { digest, json } of payloads) if (json !== undefined) own.set(digest, json);
    this.#payloads.set(runId, own);
  }

  #takeKey(namespace: string, runId: string, { requestId, digest }: StartKey): boolean {
    const key = startKeyOf(namespace, requestId);
    if (this.#startKeys.has(key)) return false;
    this.#startKeys.set(key, { runId, digest, createdAtMs: this.#nowMs() });
    return true;
  }

  #outboxTransition(runId: string, firstSeq: number): OutboxBatch['transitions'] {
    const run = this.#runs.get(runId);
    const row = run?.transitions.find((it) => it.firstSeq === firstSeq);
    return run === undefined || row === undefined
      ? []
      : [{ ...transitionRow(row), runId, namespace: run.row.namespace }];
  }
}

function newRun({ runId, namespace }: StoredTransition, start: RunStart): StoredRun {
  const { workflowId, workflowVersion, createdAtMs, checkAtMs, labels, searchAttributes, memo } = start;
  const { sessionId, status } = start;
  const parent = start.parent && { runId: start.parent.runId, nodeId: start.parent.nodeId };
  const unset = { endedAtMs: undefined, failureCode: undefined, failureMessage: undefined, failedNodeId: undefined };
  const found = { labels, searchAttributes, memo, sessionId };
  const row = { runId, namespace, workflowId, workflowVersion, createdAtMs, ...found, ...unset };
  return {
    row: { ...row, status, parent, isPruned: false },
    checkAtMs,
    transitions: [],
    pruned: undefined,
    isKept: false,
  };
}

function matches(row: RunRow, query: RunQuery): boolean {
  return (
    row.namespace === query.namespace &&
    (query.workflowId === undefined || row.workflowId === query.workflowId) &&
    (query.parentRunId === undefined
      ? query.includeChildren || row.parent === undefined
      : row.parent?.runId === query.parentRunId) &&
    (query.statuses.length === 0 || query.statuses.includes(row.status)) &&
    (query.filter === undefined || matchesFilter(query.filter, row)) &&
    (query.beforeRunId === undefined || row.runId < query.beforeRunId) &&
    Object.entries(query.labels).every(([name, value]) => row.labels[name] === value)
  );
}

function isSelected(row: RunRow, selection: RunSelection): boolean {
  const { namespace, includeChildren, filter, afterRunId, upToRunId } = selection;
  return (
    row.namespace === namespace &&
    (includeChildren || row.parent === undefined) &&
    (afterRunId === undefined || row.runId > afterRunId) &&
    (upToRunId === undefined || row.runId <= upToRunId) &&
    (filter === undefined || matchesFilter(filter, row))
  );
}

function groupValue(row: RunRow | undefined, groupBy: RunGrouping | undefined): SearchAttribute | undefined {
  switch (groupBy?.kind) {
    case 'state':
      return row?.status;
    case 'workflow_id':
      return row?.workflowId;
    case 'attribute':
      return row?.searchAttributes[groupBy.name];
    case undefined:
      return undefined;
  }
}

function compareJson(a: SearchAttribute | undefined, b: SearchAttribute | undefined): number {
  return compare(JSON.stringify(a) ?? '', JSON.stringify(b) ?? '');
}

function isOpen({ row }: StoredRun): boolean {
  return row.endedAtMs === undefined;
}

function approvalKey({ runId, nodeId }: Pick<ApprovalRow, 'runId' | 'nodeId'>): string {
  return `${runId}/${nodeId}`;
}

function isAsked(row: ApprovalRow, { namespace, statuses, approver, runId }: ApprovalQuery): boolean {
  const mayDecide = approver === undefined || row.approvers.length === 0 || row.approvers.includes(approver);
  const isOfRun = runId === undefined || row.runId === runId;
  return row.namespace === namespace && statuses.includes(row.status) && mayDecide && isOfRun;
}

/** Open ones first, the most urgent at the top; then the others, newest deadline first. */
function compareApprovals(a: ApprovalPosition, b: ApprovalPosition): number {
  const closed = Number(a.status !== 'OPEN') - Number(b.status !== 'OPEN');
  if (closed !== 0) return closed;
  const later = a.status === 'OPEN' ? a.expiresAtMs - b.expiresAtMs : b.expiresAtMs - a.expiresAtMs;
  return later || compare(a.runId, b.runId) || compare(a.nodeId, b.nodeId);
}

function transitionRow({ firstSeq, eventCount, body }: TransitionRow): TransitionRow {
  return { firstSeq, eventCount, body };
}

function startKeyOf(namespace: string, requestId: string): string {
  return JSON.stringify([namespace, requestId]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
