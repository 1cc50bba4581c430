/**
 * Runs in motion: folds commands into transitions, makes them durable, and only then lets anybody see their effect.
 *
 * Owns: the open runs in memory, their mailboxes and timers. Does not own: the rules (libs/domain),
 * durability (RunStore), where tasks are (Dispatcher).
 *
 * E1. At most one transition of a run waits for its commit; commands that come meanwhile fold together into the next.
 * E2. State advances after the commit, and so does everything that follows from it: tasks, timers, answers.
 * E3. A lost race reloads the run and decides the same commands again.
 * E4. A run whose history or data cannot be worked with is set aside for an operator; the others go on.
 * E5. An open run in memory has a task, a timer, a command under way, or stands aside with a reason. One that only waits,
 *     for a time, for somebody or for child runs that wait themselves, leaves memory. While it is being parked it takes no
 *     transition, and none of its child runs comes into memory.
 * E6. Only runs that this scheduler owns are here. What moves to another is let go of, and a command for it refused.
 * E7. While this scheduler cannot be sure that it lives its timers rest: another one may be looking after the runs.
 * E8. That a command has no effect is said only of the run as it is in the store.
 */
import {
  decide,
  isLimited,
  isTerminal,
  needsDispatch,
  nextTimerMs,
  openChildren,
  type Decision,
  type ParentLink,
  type RunCommand,
  type RunState,
} from '@skein/domain';
import { ChildRuns, type ChildRunsOptions } from './child-runs.ts';
import type { Fate, PendingTransition } from './commit-lane.ts';
import type { Dispatcher } from './dispatcher.ts';
import { EndWaiters } from './end-waiters.ts';
import type { EngineObserver } from './engine-observer.ts';
import type { LimitLookUp } from './limits/call-limit.ts';
import type { RunAdmission } from './limits/run-admission.ts';
import type { Ownership } from './ownership.ts';
import type { PlanSource } from './plan-source.ts';
import { newCell, type MailboxEntry, type OpenRun, type RunCell } from './run-cell.ts';
import { foldHistory, lastSeqOf } from './run-history.ts';
import { RunBusyError, RunElsewhereError, RunSetAsideError, StartLostError, type EngineStart } from './run-errors.ts';
import type { RunStore } from './run-store.ts';
import { CHECK_INTERVAL_MS, REST_MS, touchedNodes, transitionOf } from './run-transition.ts';
import { orderFor, stopReason } from './task-order.ts';

/** Most commands that wait for one run. */
export const MAX_MAILBOX = 10_000;
/** A run that only waits for a time further away than this leaves memory. */
export const PARK_AFTER_MS = 30_000;

/** What the engine needs. */
export interface RunEngineOptions {
  readonly store: Pick<RunStore, 'load' | 'lastTransition' | 'postpone' | 'existingAmong' | 'endedAmong'>;
  readonly plans: PlanSource;
  readonly dispatcher: Dispatcher;
  /** Gets runs the slots of their limits. */
  readonly admission: Pick<RunAdmission, 'waits' | 'ended' | 'isAdmitting'>;
  readonly called: ChildRunsOptions['called'];
  /** Which operators' limits there are, for child runs and for calls of agents. */
  readonly book: LimitLookUp;
  /** Makes a transition durable. */
  readonly commit: (pending: PendingTransition) => void;
  /** Which runs are this scheduler's, and whether it can be sure. */
  readonly ownership: Pick<Ownership, 'owns' | 'isActive'>;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly observer: EngineObserver;
}

/** The open runs of one scheduler. */
export class RunEngine {
  readonly #options: RunEngineOptions;
  readonly #cells = new Map<string, RunCell>();
  readonly #loading = new Map<string, Promise<RunCell | undefined>>();
  readonly #waiters = new EndWaiters();
  readonly #children: ChildRuns;
  #stopped = false;

  constructor(options: RunEngineOptions) {
    this.#options = options;
    const onFailed = (error: unknown) => options.observer.storeFailed(error);
    this.#children = new ChildRuns({ ...options, host: this, onFailed });
  }

  /** Open runs in memory. */
  get size(): number {
    return this.#cells.size;
  }

  /** The committed state of a run in memory, and why it stands aside if it does. */
  peek(runId: string): OpenRun | undefined {
    const cell = this.#cells.get(runId);
    return cell?.state && { state: cell.state, plan: cell.plan, setAside: cell.setAside, heldUp: cell.heldUp };
  }

  /** Whether the run is in memory. */
  has(runId: string): boolean {
    return this.#cells.has(runId);
  }

  /**
   * Begins a run; resolves with its state once it is durable.
   * @throws StartLostError when the run id or the key is taken.
   * @throws RunElsewhereError
   */
  async start(start: EngineStart): Promise<RunState> {
    const { runId, namespace, plan, command, key } = start;
    while (this.#parkingOf(command.parent) !== undefined) await this.#parkingOf(command.parent);
    if (!this.#owns(runId)) throw new RunElsewhereError(runId);
    const present = this.#cells.get(runId);
    if (present !== undefined) return this.#refuseSecond(present);
    const cell = newCell(runId, namespace, plan);
    cell.startKey = key;
    this.#cells.set(runId, cell);
    await this.#post(cell, command);
    if (cell.state === undefined) throw new StartLostError(`run ${runId} was not stored`);
    return cell.state;
  }

  /**
   * Hands a command to an open run; resolves when its effect is durable, or when it has none. A run that
   * has ended, or that does not exist, has none.
   * @throws RunElsewhereError
   */
  async submit(runId: string, command: RunCommand): Promise<void> {
    const cell = this.#cells.get(runId) ?? (await this.adopt(runId));
    if (cell !== undefined) await this.#post(cell, command);
  }

  /**
   * Brings an open run into memory; undefined when it has ended or does not exist.
   * @throws RunElsewhereError
   */
  async adopt(runId: string): Promise<RunCell | undefined> {
    const present = this.#cells.get(runId);
    if (present !== undefined) return present;
    if (!this.#owns(runId)) throw new RunElsewhereError(runId);
    let loading = this.#loading.get(runId);
    if (loading === undefined) {
      loading = this.#load(runId).finally(() => this.#loading.delete(runId));
      this.#loading.set(runId, loading);
    }
    return loading;
  }

  /**
   * Resolves with the state of the run when it has ended; with undefined when the time is up or the signal aborts,
   * when the run is not open any more (the store has it), or leaves this scheduler.
   * @throws RunElsewhereError
   */
  async whenEnded(runId: string, timeoutMs: number, signal: AbortSignal): Promise<RunState | undefined> {
    // Whoever waits is known before the run is loaded: a run that is waited for stays in memory.
    const waiting = this.#waiters.wait(runId, timeoutMs, signal);
    if (this.#cells.has(runId)) return waiting.ended;
    try {
      if ((await this.adopt(runId)) !== undefined) return await waiting.ended;
    } catch (error) {
      waiting.leave();
      throw error;
    }
    waiting.leave();
    return undefined;
  }

  /** Looks after the child runs of every run that is in memory. */
  lookAfterChildren(): void {
    for (const cell of this.#cells.values()) this.#children.lookAfter(cell);
  }

  /** Runs that somebody here waits for. */
  get awaitedRunIds(): readonly string[] {
    return this.#waiters.runIds;
  }

  /** Lets go of runs (E6); one that waits for the store, as soon as that has answered. */
  release(isReleased: (runId: string) => boolean): void {
    for (const cell of Array.from(this.#cells.values())) {
      if (!isReleased(cell.runId)) continue;
      if (cell.committing || cell.parking !== undefined) cell.outdated = true;
      else this.#forget(cell);
    }
    this.#options.dispatcher.release(isReleased);
    for (const runId of this.#waiters.runIds) if (isReleased(runId)) this.#waiters.end(runId, undefined);
  }

  /** Loads a run again that others have gone on with. */
  async reload(runId: string): Promise<void> {
    this.release((it) => it === runId);
    if (!this.#cells.has(runId)) await this.adopt(runId);
  }

  /** Sets the timers that had to rest (E7). To be called when this scheduler is sure again. */
  resume(): void {
    for (const cell of this.#cells.values()) {
      if (cell.state !== undefined && !cell.committing) this.#arm(cell, cell.state);
    }
  }

  /** Stops all timers; commands under way are not waited for. */
  stop(): void {
    this.#stopped = true;
    this.#children[Symbol.dispose]();
    for (const cell of this.#cells.values()) clearTimeout(cell.timer);
    this.#cells.clear();
  }

  #owns(runId: string): boolean {
    return this.#options.ownership.owns(runId);
  }

  #post(cell: RunCell, command: RunCommand): Promise<void> {
    return new Promise((resolve, reject) => {
      if (cell.setAside !== undefined && command.kind !== 'cancel_run') {
        return reject(new RunSetAsideError(cell.setAside));
      }
      if (cell.mailbox.length >= MAX_MAILBOX) {
        return reject(new RunBusyError(`${MAX_MAILBOX} commands wait for run ${cell.runId}`));
      }
      cell.mailbox.push({ command, done: (error) => (error === undefined ? resolve() : reject(error)) });
      this.#pump(cell);
    });
  }

  /** E1. */
  #pump(cell: RunCell): void {
    if (cell.committing || cell.parking !== undefined || cell.mailbox.length === 0 || this.#stopped) return;
    const entries = cell.mailbox;
    cell.mailbox = [];
    let decision: Decision;
    const moment = { nowMs: this.#options.nowMs(), random: this.#options.random() };
    try {
      const commands = entries.map((entry) => entry.command);
      decision = decide(cell.plan, cell, cell.state, commands, moment);
    } catch (error) {
      return this.#setAside(cell, entries, error);
    }
    if (decision.events.length === 0) return void this.#withoutEffect(cell, entries);
    cell.committing = true;
    const transition = transitionOf(cell, decision, moment.nowMs);
    const held = (why: string | undefined) => void (cell.heldUp = why);
    this.#options.commit({ transition, held, settled: (fate) => this.#settled(cell, entries, decision, fate) });
  }

  /**
   * E8. What seems to have no effect may have one on the run as others have left it. Timers alone are not worth the
   * question: what is due is looked at again.
   */
  async #withoutEffect(cell: RunCell, entries: readonly MailboxEntry[]): Promise<void> {
    if (cell.state !== undefined && entries.some(({ command }) => command.kind !== 'fire_timers')) {
      cell.committing = true;
      try {
        const lastSeq = await lastSeqOf(this.#options.store, cell.runId);
        cell.committing = false;
        if (lastSeq !== cell.state.seq) return await this.#decideAgain(cell, entries);
      } catch (error) {
        cell.committing = false;
        for (const entry of entries) entry.done(error instanceof Error ? error : new Error(String(error)));
        return this.#afterWait(cell);
      }
    }
    for (const entry of entries) entry.done();
    this.#afterWait(cell);
  }

  /** What has become of the run while it waited for the store. */
  #afterWait(cell: RunCell): void {
    if (cell.outdated) return void this.#decideAgain(cell, []);
    // Whoever wanted to park it meanwhile has left that to this (E5).
    if (cell.state !== undefined && this.#cells.get(cell.runId) === cell) this.#arm(cell, cell.state);
    this.#pump(cell);
  }

  #settled(cell: RunCell, entries: readonly MailboxEntry[], decision: Decision, fate: Fate): void {
    cell.committing = false;
    if (fate === 'poisoned') return this.#setAside(cell, entries, new Error('the store refuses this transition'));
    if (fate === 'won') return this.#won(cell, entries, decision);
    if (cell.state === undefined) return this.#startLost(cell, entries);
    this.#options.observer.raceLost(cell.runId);
    void this.#decideAgain(cell, entries);
  }

  #won(cell: RunCell, entries: readonly MailboxEntry[], decision: Decision): void {
    const before = cell.state;
    cell.state = decision.state;
    cell.startKey = undefined;
    cell.wakes = false;
    this.#options.observer.transitionCommitted(cell.plan, before, decision.state, decision.events);
    // Others may have gone on from here in the meantime: what follows is for the run as it is now.
    const goesOnElsewhere = cell.outdated && !isTerminal(decision.state.status);
    if (!goesOnElsewhere) {
      try {
        this.#takeEffect(cell, before, decision);
      } catch (error) {
        return this.#setAside(cell, entries, error);
      }
    }
    for (const entry of entries) entry.done();
    if (goesOnElsewhere) void this.#decideAgain(cell, []);
    else this.#pump(cell);
  }

  #startLost(cell: RunCell, entries: readonly MailboxEntry[]): void {
    this.#forget(cell);
    const error = new StartLostError(`run ${cell.runId} lost its start`);
    for (const { command, done } of [...entries, ...cell.mailbox.splice(0)]) {
      if (command.kind === 'start_run') done(error);
      // The run may be there: what others asked of it meanwhile is for that one.
      else void this.#resubmit(cell.runId, command, done);
    }
  }

  /** The same request may be here twice: the second one is refused when it can be told what became of the first. */
  async #refuseSecond(present: RunCell): Promise<never> {
    if (present.state === undefined) await this.#post(present, { kind: 'fire_timers' });
    throw new StartLostError(`run ${present.runId} exists`);
  }

  /** E3. */
  async #decideAgain(cell: RunCell, entries: readonly MailboxEntry[]): Promise<void> {
    this.#forget(cell);
    const waiting = [...entries, ...cell.mailbox.splice(0)];
    await Promise.all(waiting.map(({ command, done }) => this.#resubmit(cell.runId, command, done)));
    try {
      if (!this.#owns(cell.runId) || (await this.adopt(cell.runId)) !== undefined) return;
      // Somebody else has ended it, and could not tell its parent here.
      const parent = this.#cells.get(cell.state?.parent?.runId ?? '');
      if (parent !== undefined) this.#children.lookAfter(parent);
    } catch (error) {
      if (!(error instanceof RunElsewhereError)) this.#options.observer.runSetAside(cell.runId, error);
    }
  }

  async #resubmit(runId: string, command: RunCommand, done: MailboxEntry['done']): Promise<void> {
    try {
      await this.submit(runId, command);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** E2. */
  #takeEffect(cell: RunCell, before: RunState | undefined, decision: Decision): void {
    const { state, events, inputs } = decision;
    const ended = isTerminal(state.status);
    const { admission, book } = this.#options;
    for (const nodeId of touchedNodes(events, before, ended)) {
      const order = ended ? undefined : orderFor(cell, state, nodeId, book, inputs.get(nodeId));
      this.#options.dispatcher.reconcile(cell.runId, nodeId, order, stopReason(state));
    }
    // Before the timers: a run whose child runs are being started does not rest.
    this.#children.afterTransition(cell, state, events);
    if (ended) {
      this.#forget(cell);
      this.#waiters.end(cell.runId, state);
      this.#children.ended(state);
    } else if (before === undefined && state.status === 'CREATED' && cell.mailbox.length === 0) {
      // Its row is as far away as it should be: nothing that is written now may come after its admission.
      this.#forget(cell);
    } else this.#arm(cell, state);
    if (state.status === 'CREATED') admission.waits(state);
    else if (ended && isLimited(state)) admission.ended(state.runId);
  }

  /** E5: the next time anything of the run is due by the clock. */
  #arm(cell: RunCell, state: RunState): void {
    clearTimeout(cell.timer);
    cell.timer = undefined;
    const isAtWork = state.nodes.open.values().some(needsDispatch);
    if (isAtWork && nextTimerMs(cell.plan, state) === undefined) return;
    const delayMs = this.#delayMs(cell, state);
    const isIdle = !isAtWork && !cell.committing && cell.parking === undefined && cell.mailbox.length === 0;
    const mayRest = isIdle && !this.#isWanted(cell.runId) && !this.#hasChildrenHere(state);
    if (delayMs > PARK_AFTER_MS && mayRest) return void this.#park(cell, state, delayMs);
    this.#keepTime(cell, state, delayMs);
  }

  #delayMs({ plan }: RunCell, state: RunState): number {
    const dueMs = nextTimerMs(plan, state);
    return dueMs === undefined ? REST_MS : Math.max(0, dueMs - this.#options.nowMs());
  }

  /** Whether somebody waits for the run, or it is about to begin. */
  #isWanted(runId: string): boolean {
    return this.#waiters.has(runId) || this.#options.admission.isAdmitting(runId);
  }

  #hasChildrenHere(state: RunState): boolean {
    return openChildren(state, { isWanted: true }).some(({ childRunId }) => {
      return this.#cells.has(childRunId) || this.#children.isStarting(childRunId);
    });
  }

  #keepTime(cell: RunCell, state: RunState, delayMs: number): void {
    clearTimeout(cell.timer);
    cell.timer = setTimeout(() => void this.#fire(cell, state), Math.min(delayMs, CHECK_INTERVAL_MS));
    cell.timer.unref();
  }

  async #fire(cell: RunCell, state: RunState): Promise<void> {
    if (!this.#options.ownership.isActive) return;
    this.#children.lookAfter(cell);
    try {
      await this.#post(cell, { kind: 'fire_timers' });
      // A clock that was set back fires a timer early: nothing was due yet, so it is armed again.
      if (this.#cells.get(cell.runId) === cell && cell.state === state) this.#arm(cell, state);
    } catch (error) {
      if (!(error instanceof RunElsewhereError)) this.#options.observer.runSetAside(cell.runId, error);
    }
  }

  /**
   * Leaves memory until the sweep finds the run due. What cannot leave keeps its own time (E5). Commands that come
   * meanwhile wait, so that the next transition is the one that brings the row near again.
   */
  async #park(cell: RunCell, state: RunState, delayMs: number): Promise<void> {
    cell.parking = this.#postpone(cell.runId, delayMs);
    const stored = await cell.parking;
    cell.parking = undefined;
    // Also where the answer was lost.
    cell.wakes = true;
    if (this.#cells.get(cell.runId) !== cell) return;
    if (cell.outdated) {
      // Others may have gone on with it: nobody knows then whether it is still far from anything.
      if (stored) await this.#postpone(cell.runId, CHECK_INTERVAL_MS);
      return this.#decideAgain(cell, []);
    }
    const isWanted = cell.mailbox.length > 0 || this.#waiters.has(cell.runId);
    if (stored && !isWanted) return this.#forget(cell);
    this.#keepTime(cell, state, delayMs);
    this.#pump(cell);
  }

  /**
   * Set while the parent of a run is being parked. Until then the run is not brought into memory: its end brings the row of
   * its parent near, and nothing may put that far away afterwards.
   */
  #parkingOf(parent: ParentLink | undefined): Promise<unknown> | undefined {
    return parent && this.#cells.get(parent.runId)?.parking;
  }

  /** Says when the sweep should look at a run; answers whether that is stored. */
  async #postpone(runId: string, delayMs: number): Promise<boolean> {
    try {
      await this.#options.store.postpone([runId], delayMs);
      return true;
    } catch (error) {
      this.#options.observer.storeFailed(error);
      return false;
    }
  }

  #forget(cell: RunCell): void {
    clearTimeout(cell.timer);
    if (this.#cells.get(cell.runId) === cell) this.#cells.delete(cell.runId);
  }

  /** E4. */
  #setAside(cell: RunCell, entries: readonly MailboxEntry[], error: unknown): void {
    cell.setAside = `operator: ${error instanceof Error ? error.message : String(error)}`;
    this.#options.observer.runSetAside(cell.runId, error);
    const failure = new RunSetAsideError(cell.setAside, { cause: error });
    for (const entry of [...entries, ...cell.mailbox.splice(0)]) entry.done(failure);
    if (cell.state === undefined) this.#cells.delete(cell.runId);
  }

  async #load(runId: string): Promise<RunCell | undefined> {
    const stored = await this.#options.store.load(runId);
    const state = stored && foldHistory(runId, stored.namespace, stored.rows);
    if (state === undefined || isTerminal(state.status)) {
      for (const nodeId of state?.nodes.keys() ?? []) {
        this.#options.dispatcher.reconcile(runId, nodeId, undefined, 'the run has ended');
      }
      this.#waiters.end(runId, undefined);
      return undefined;
    }
    const plan = await this.#options.plans.ofRun(state);
    while (this.#parkingOf(state.parent) !== undefined) await this.#parkingOf(state.parent);
    const present = this.#cells.get(runId);
    if (present !== undefined) return present;
    if (!this.#owns(runId)) throw new RunElsewhereError(runId);
    const cell = newCell(runId, state.namespace, plan);
    cell.state = state;
    cell.wakes = true;
    const { book } = this.#options;
    const orders = Array.from(state.nodes.keys(), (nodeId) => [nodeId, orderFor(cell, state, nodeId, book)] as const);
    this.#cells.set(runId, cell);
    for (const [nodeId, order] of orders) this.#options.dispatcher.adopt(runId, nodeId, order);
    // Its child runs may be on their way into memory too: only then is it known whether it may rest.
    if (openChildren(state, { isWanted: true }).length > 0) this.#keepTime(cell, state, this.#delayMs(cell, state));
    else this.#arm(cell, state);
    this.#children.loaded(cell);
    if (state.status === 'CREATED') this.#options.admission.waits(state);
    return cell;
  }
}
