/**
 * Gets runs their slots, lets them begin when they hold them, and gives the slots back.
 *
 * Owns: nothing that has to last. What is to be done follows from the committed state of a run and from what the store
 * of the limits says of it. Does not own: who gets a slot (LimitStore), nor commits (RunEngine).
 *
 * N1. A run asks after its start is durable, and again whenever it is loaded; asking twice is asking once.
 * N2. It begins only after its slots are durable, and gives them back only after its end is.
 * N3. Whoever hears of a grant admits the run if it is its own; for the others there is NOTIFY, and the sweep.
 * N4. What was left undone between two lines is found by the round, whoever left it.
 */
import type { ReusableResult, RunCommand, RunState } from '@skein/domain';
import { forkResults, type ForkResultDependencies } from '../fork-results.ts';
import type { Ownership } from '../ownership.ts';
import type { RunCell } from '../run-cell.ts';
import { RunElsewhereError } from '../run-errors.ts';
import type { CallSlots } from './call-slots.ts';
import type { LimitBook } from './limit-book.ts';
import type { Grants, LimitKey, LimitStore } from './limit-store.ts';

/** What admission needs of the engine. */
export interface AdmissionHost {
  submit(runId: string, command: RunCommand): Promise<void>;
  adopt(runId: string): Promise<RunCell | undefined>;
}

/** What admission is made of. */
export interface RunAdmissionOptions extends ForkResultDependencies {
  readonly limits: LimitStore;
  readonly book: LimitBook;
  /** Gets the calls of agents their slots. */
  readonly calls: Pick<CallSlots, 'changed' | 'round' | 'settle'>;
  readonly host: AdmissionHost;
  readonly ownership: Pick<Ownership, 'owns' | 'shards'>;
  /** Told of what went wrong; the next round tries again. */
  readonly onFailed: (error: unknown) => void;
  /** Told how many runs wait in all. */
  readonly onWaiting: (count: number) => void;
}

/** Longest wait for a token that is timed here; the round comes before. */
const MAX_TOKEN_WAIT_MS = 1000;

export class RunAdmission implements Disposable {
  readonly #options: RunAdmissionOptions;
  /** Timers of limits whose next token somebody waits for. */
  readonly #tokens = new Map<string, NodeJS.Timeout>();
  /** Runs that are being loaded to begin: they need not ask. */
  readonly #admitting = new Set<string>();
  #isStopped = false;

  constructor(options: RunAdmissionOptions) {
    this.#options = options;
  }

  /** N1. A run in state CREATED is durable, or has been loaded. */
  waits(state: RunState): void {
    const { runId, namespace, workflowVersion, flow } = state;
    if (flow === undefined || this.#admitting.has(runId)) return;
    const { limits: claims, priority, fairnessKey, weight } = flow;
    const request = { namespace, runId, workflowVersion, claims, priority, fairnessKey, weight };
    this.#safely(async () => this.#take(await this.#options.limits.request(request)));
  }

  /** N2. A run to which limits apply has ended. */
  ended(runId: string): void {
    this.#safely(async () => this.#take(await this.#options.limits.release([runId])));
  }

  /** Whether the run is being loaded to begin. */
  isAdmitting(runId: string): boolean {
    return this.#admitting.has(runId);
  }

  /** N3. Somebody has given this run its slots. */
  granted(runId: string): void {
    if (this.#options.ownership.owns(runId)) this.#safely(() => this.#admit(runId));
  }

  /** An operator has changed these limits. */
  async changed(keys: readonly LimitKey[]): Promise<void> {
    for (const key of keys) this.#options.calls.changed(key);
    this.#take(await this.#options.limits.grantNext(keys));
  }

  /** N4. Also brings the book up to date. */
  async round(): Promise<void> {
    const { limits, ownership, host, book, calls, onWaiting } = this.#options;
    const found = await limits.audit(ownership.shards);
    book.take(found.imposed);
    onWaiting(found.waiting);
    for (const runId of found.toAdmit) this.granted(runId);
    for (const runId of found.toAsk) this.#safely(async () => this.#askAgain(await host.adopt(runId)));
    calls.round();
    for (const slot of found.callSlots) {
      this.#safely(async () => {
        await host.adopt(slot.runId);
        calls.settle(slot);
      });
    }
    if (found.toRelease.length > 0) this.#take(await limits.release(found.toRelease));
    if (found.toGrant.length > 0) this.#take(await limits.grantNext(found.toGrant));
  }

  /** Keys have values of inputs in them: those that nobody uses any more go. */
  async forget(): Promise<void> {
    await this.#options.limits.forgetUnused();
  }

  [Symbol.dispose](): void {
    this.#isStopped = true;
    for (const timer of this.#tokens.values()) clearTimeout(timer);
    this.#tokens.clear();
  }

  #take({ grantedRunIds, later }: Grants): void {
    if (this.#isStopped) return;
    for (const runId of grantedRunIds) this.granted(runId);
    for (const { afterMs, ...limit } of later) this.#awaitToken(limit, afterMs);
  }

  #askAgain(cell: RunCell | undefined): void {
    if (cell?.state?.status === 'CREATED') this.waits(cell.state);
  }

  #awaitToken(limit: LimitKey, afterMs: number): void {
    const name = JSON.stringify([limit.namespace, limit.key]);
    if (afterMs > MAX_TOKEN_WAIT_MS || this.#tokens.has(name)) return;
    const again = () => {
      this.#tokens.delete(name);
      this.#safely(() => this.changed([limit]));
    };
    this.#tokens.set(name, setTimeout(again, afterMs).unref());
  }

  async #admit(runId: string): Promise<void> {
    const { host } = this.#options;
    if (this.#admitting.has(runId)) return;
    this.#admitting.add(runId);
    try {
      const cell = await host.adopt(runId);
      if (cell?.state?.status !== 'CREATED') return;
      const results = await this.#resultsFor(cell, cell.state);
      await host.submit(runId, { kind: 'admit_run', ...(results === undefined ? {} : { results }) });
    } finally {
      this.#admitting.delete(runId);
    }
  }

  /** What a fork need not do again is not kept while it waits: it follows from the run that it is from. */
  async #resultsFor(cell: RunCell, state: RunState): Promise<ReadonlyMap<string, ReusableResult> | undefined> {
    return state.forkedFrom && forkResults(this.#options, state, cell.plan, state.forkedFrom);
  }

  #safely(work: () => Promise<void>): void {
    if (this.#isStopped) return;
    work().catch((error: unknown) => {
      if (!(error instanceof RunElsewhereError) && !this.#isStopped) this.#options.onFailed(error);
    });
  }
}
