import {
  CommitOutcomeUnknownError,
  type ApprovalQuery,
  type CommitBatch,
  type RunQuery,
  type RunStore,
} from '../../services/scheduler/src/app/run-store.ts';
import { chance, never, wayMs, type Life, type Surroundings } from './surroundings.ts';

/** The store, or the way to it, failed; nobody's data is to blame. */
export class StoreFault extends Error {
  override readonly name = 'StoreFault';
}

/** How a call fails: before it is done, after, or so that it is done later although its caller was told that it failed. */
type Fault = 'refused' | 'answer_lost' | 'done_late';

const MAX_LATE_MS = 3000;

/**
 * One scheduler's connection to the store that all share. Calls take time, fail in every way that a database over a
 * network does, and what was on its way when the scheduler died is done all the same.
 */
export class StoreLink implements RunStore {
  readonly #store: RunStore;
  readonly #life: Life;
  readonly #surroundings: Surroundings;

  constructor(store: RunStore, life: Life, surroundings: Surroundings) {
    this.#store = store;
    this.#life = life;
    this.#surroundings = surroundings;
  }

  commit(batch: CommitBatch) {
    return this.#call('commit', () => this.#store.commit(batch));
  }

  settle(batch: CommitBatch) {
    return this.#read(() => this.#store.settle(batch));
  }

  load(runId: string) {
    return this.#read(() => this.#store.load(runId));
  }

  transitionsAfter(runId: string, afterSeq: number, limit: number) {
    return this.#read(() => this.#store.transitionsAfter(runId, afterSeq, limit));
  }

  lastTransition(runId: string) {
    return this.#read(() => this.#store.lastTransition(runId));
  }

  runRow(runId: string) {
    return this.#read(() => this.#store.runRow(runId));
  }

  listRuns(query: RunQuery) {
    return this.#read(() => this.#store.listRuns(query));
  }

  countRuns(...query: Parameters<RunStore['countRuns']>) {
    return this.#read(() => this.#store.countRuns(...query));
  }

  selectRuns(...query: Parameters<RunStore['selectRuns']>) {
    return this.#read(() => this.#store.selectRuns(...query));
  }

  findStart(namespace: string, requestId: string) {
    return this.#read(() => this.#store.findStart(namespace, requestId));
  }

  openRuns(...query: Parameters<RunStore['openRuns']>) {
    return this.#read(() => this.#store.openRuns(...query));
  }

  dueRuns(limit: number, shards: readonly number[]) {
    return this.#read(() => this.#store.dueRuns(limit, shards));
  }

  endedAmong(runIds: readonly string[]) {
    return this.#read(() => this.#store.endedAmong(runIds));
  }

  existingAmong(runIds: readonly string[]) {
    return this.#read(() => this.#store.existingAmong(runIds));
  }

  approval(runId: string, nodeId: string) {
    return this.#read(() => this.#store.approval(runId, nodeId));
  }

  listApprovals(query: ApprovalQuery) {
    return this.#read(() => this.#store.listApprovals(query));
  }

  postpone(runIds: readonly string[], delayMs: number) {
    return this.#call('postpone', () => this.#store.postpone(runIds, delayMs));
  }

  staleOutbox(ageMs: number, limit: number) {
    return this.#read(() => this.#store.staleOutbox(ageMs, limit));
  }

  deleteOutbox(batchIds: readonly string[]) {
    return this.#call('delete outbox', () => this.#store.deleteOutbox(batchIds));
  }

  deleteStartKeys(ageMs: number) {
    return this.#call('delete start keys', () => this.#store.deleteStartKeys(ageMs));
  }

  #read<T>(work: () => Promise<T>): Promise<T> {
    return this.#call('read', work);
  }

  async #call<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { time, trace } = this.#surroundings;
    if (!this.#life.alive) return never();
    this.#perhapsDie(what, 'before');
    if (!this.#life.alive) return never();
    const fault = this.#drawFault(what);
    await time.sleep(wayMs(this.#surroundings));
    if (fault === 'done_late') this.#doLater(work);
    const done = fault === undefined || fault === 'answer_lost' ? await settled(work()) : undefined;
    if (done !== undefined) this.#perhapsDie(what, 'after');
    await time.sleep(wayMs(this.#surroundings));
    if (!this.#life.alive) return never();
    if (done !== undefined && fault === undefined) return unwrap(done);
    trace.note(this.#life.name, `${what} fails: ${fault}`);
    throw what === 'commit' && fault !== 'refused' ? new CommitOutcomeUnknownError(fault) : new StoreFault(fault);
  }

  #drawFault(what: string): Fault | undefined {
    if (!chance(this.#surroundings, this.#surroundings.profile().storeFault)) return undefined;
    return what === 'read' ? 'refused' : this.#surroundings.random.pick(['refused', 'answer_lost', 'done_late']);
  }

  #doLater(work: () => Promise<unknown>): void {
    const { time, random } = this.#surroundings;
    time.after(random.integer(1, MAX_LATE_MS), () => void settled(work()));
  }

  #perhapsDie(what: string, when: string): void {
    if (!this.#life.alive || !chance(this.#surroundings, this.#surroundings.profile().storeCrash)) return;
    this.#surroundings.trace.note(this.#life.name, `dies ${when} ${what}`);
    this.#life.die();
  }
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

async function settled<T>(work: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await work };
  } catch (error) {
    return { error };
  }
}

function unwrap<T>(result: Settled<T>): T {
  if ('error' in result) throw result.error;
  return result.value;
}
