import {
  type ApprovalQuery,
  type CommitBatch,
  type RunQuery,
  type RunStore,
} from '../../services/scheduler/src/app/run-store.ts';
import { StoreCalls } from './store-calls.ts';
import type { Life, Surroundings } from './surroundings.ts';

/** One scheduler's connection to the runs. */
export class StoreLink implements RunStore {
  readonly #store: RunStore;
  readonly #calls: StoreCalls;

  constructor(store: RunStore, life: Life, surroundings: Surroundings) {
    this.#store = store;
    this.#calls = new StoreCalls(life, surroundings);
  }

  commit(batch: CommitBatch) {
    return this.#calls.write('commit', () => this.#store.commit(batch));
  }

  settle(batch: CommitBatch) {
    return this.#calls.read(() => this.#store.settle(batch));
  }

  load(runId: string) {
    return this.#calls.read(() => this.#store.load(runId));
  }

  transitionsAfter(runId: string, afterSeq: number, limit: number) {
    return this.#calls.read(() => this.#store.transitionsAfter(runId, afterSeq, limit));
  }

  payloads(runId: string, digests: readonly string[]) {
    return this.#calls.read(() => this.#store.payloads(runId, digests));
  }

  lastTransition(runId: string) {
    return this.#calls.read(() => this.#store.lastTransition(runId));
  }

  runRow(runId: string) {
    return this.#calls.read(() => this.#store.runRow(runId));
  }

  listRuns(query: RunQuery) {
    return this.#calls.read(() => this.#store.listRuns(query));
  }

  countRuns(...query: Parameters<RunStore['countRuns']>) {
    return this.#calls.read(() => this.#store.countRuns(...query));
  }

  selectRuns(...query: Parameters<RunStore['selectRuns']>) {
    return this.#calls.read(() => this.#store.selectRuns(...query));
  }

  findStart(namespace: string, requestId: string) {
    return this.#calls.read(() => this.#store.findStart(namespace, requestId));
  }

  openRuns(...query: Parameters<RunStore['openRuns']>) {
    return this.#calls.read(() => this.#store.openRuns(...query));
  }

  dueRuns(limit: number, shards: readonly number[]) {
    return this.#calls.read(() => this.#store.dueRuns(limit, shards));
  }

  closedAmong(runIds: readonly string[]) {
    return this.#calls.read(() => this.#store.closedAmong(runIds));
  }

  endedAmong(runIds: readonly string[]) {
    return this.#calls.read(() => this.#store.endedAmong(runIds));
  }

  existingAmong(runIds: readonly string[]) {
    return this.#calls.read(() => this.#store.existingAmong(runIds));
  }

  approval(runId: string, nodeId: string) {
    return this.#calls.read(() => this.#store.approval(runId, nodeId));
  }

  listApprovals(query: ApprovalQuery) {
    return this.#calls.read(() => this.#store.listApprovals(query));
  }

  postpone(runIds: readonly string[], delayMs: number) {
    return this.#calls.write('postpone', () => this.#store.postpone(runIds, delayMs));
  }

  staleOutbox(ageMs: number, limit: number) {
    return this.#calls.read(() => this.#store.staleOutbox(ageMs, limit));
  }

  deleteOutbox(batchIds: readonly string[]) {
    return this.#calls.write('delete outbox', () => this.#store.deleteOutbox(batchIds));
  }

  deleteStartKeys(ageMs: number) {
    return this.#calls.write('delete start keys', () => this.#store.deleteStartKeys(ageMs));
  }
}
