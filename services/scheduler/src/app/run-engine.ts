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
 * E5. An open run in memory has a task, a timer, a command under way, or stands aside with a reason.
 */
import {
  decide,
  isTerminal,
  needsDispatch,
  nextTimerMs,
  nodeInput,
  type Decision,
  type Payload,
  type RunCommand,
  type RunEvent,
  type RunState,
} from '@skein/domain';
import { encodeTransition } from '@skein/events';
import type { Fate, PendingTransition } from './commit-lane.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { EngineObserver } from './engine-observer.ts';
import type { PlanSource } from './plan-source.ts';
import { newCell, type MailboxEntry, type RunCell } from './run-cell.ts';
import { foldHistory } from './run-history.ts';
import type { RunEnd, RunStart, RunStore, StartKey, StoredTransition } from './run-store.ts';
import type { TaskOrder } from './task-order.ts';

/** Most commands that wait for one run. */
export const MAX_MAILBOX = 10_000;
/** A run that nobody has looked at for this long is looked at by the sweep. */
export const CHECK_INTERVAL_MS = 60_000;
/** A run that only waits for a time further away than this leaves memory. */
export const PARK_AFTER_MS = 30_000;

/** What the engine needs. */
export interface RunEngineOptions {
  readonly store: Pick<RunStore, 'load' | 'postpone'>;
  readonly plans: PlanSource;
  readonly dispatcher: Dispatcher;
  /** Makes a transition durable. */
  readonly commit: (pending: PendingTransition) => void;
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly observer: EngineObserver;
}

/** A run that is to begin. */
export interface EngineStart {
  readonly runId: string;
  readonly namespace: string;
  readonly plan: RunCell['plan'];
  readonly command: Extract<RunCommand, { kind: 'start_run' }>;
  readonly key: StartKey | undefined;
}

/** The run's mailbox is full. */
export class RunBusyError extends Error {
  override readonly name = 'RunBusyError';
}

/** The run is set aside for an operator. */
export class RunSetAsideError extends Error {
  override readonly name = 'RunSetAsideError';
}

/** Another run has the id, or another start the key. */
export class StartLostError extends Error {
  override readonly name = 'StartLostError';
}

/** The open runs of one scheduler. */
export class RunEngine {
  readonly #options: RunEngineOptions;
  readonly #cells = new Map<string, RunCell>();
  readonly #loading = new Map<string, Promise<RunCell | undefined>>();
  #stopped = false;

  constructor(options: RunEngineOptions) {
    this.#options = options;
  }

  /** Open runs in memory. */
  get size(): number {
    return this.#cells.size;
  }

  /** The committed state of a run in memory, and why it stands aside if it does. */
  peek(
    runId: string,
  ): { readonly state: RunState; readonly plan: RunCell['plan']; readonly setAside: string | undefined } | undefined {
    const cell = this.#cells.get(runId);
    return cell?.state && { state: cell.state, plan: cell.plan, setAside: cell.setAside };
  }

  /**
   * Begins a run; resolves with its state once it is durable.
   * @throws StartLostError when the run id or the key is taken.
   */
  async start(start: EngineStart): Promise<RunState> {
    const { runId, namespace, plan, command, key } = start;
    if (this.#cells.has(runId)) throw new StartLostError(`run ${runId} exists`);
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
   */
  async submit(runId: string, command: RunCommand): Promise<void> {
    const cell = this.#cells.get(runId) ?? (await this.adopt(runId));
    if (cell !== undefined) await this.#post(cell, command);
  }

  /** Brings an open run into memory; undefined when it has ended or does not exist. */
  async adopt(runId: string): Promise<RunCell | undefined> {
    const present = this.#cells.get(runId);
    if (present !== undefined) return present;
    let loading = this.#loading.get(runId);
    if (loading === undefined) {
      loading = this.#load(runId).finally(() => this.#loading.delete(runId));
      this.#loading.set(runId, loading);
    }
    return loading;
  }

  /**
   * Resolves with the state of the run when it has ended, or when the signal aborts; undefined when it is not
   * open any more: the store has it.
   */
  async whenEnded(runId: string, signal: AbortSignal): Promise<RunState | undefined> {
    const cell = await this.adopt(runId);
    if (cell === undefined || this.#cells.get(runId) !== cell) return undefined;
    return new Promise((resolve) => {
      const finish = (state: RunState | undefined) => {
        cell.endWaiters.delete(finish);
        signal.removeEventListener('abort', onAbort);
        resolve(state);
      };
      const onAbort = () => finish(cell.state);
      cell.endWaiters.add(finish);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
    });
  }

  /** Forgets every run that is not waiting for a commit, before they are adopted anew. */
  release(): void {
    for (const cell of Array.from(this.#cells.values())) if (!cell.committing) this.#forget(cell);
    this.#options.dispatcher.clear();
  }

  /** Stops all timers; commands under way are not waited for. */
  stop(): void {
    this.#stopped = true;
    for (const cell of this.#cells.values()) clearTimeout(cell.timer);
    this.#cells.clear();
  }

  #post(cell: RunCell, command: RunCommand): Promise<void> {
    return new Promise((resolve, reject) => {
      if (cell.setAside !== undefined) return reject(new RunSetAsideError(cell.setAside));
      if (cell.mailbox.length >= MAX_MAILBOX) {
        return reject(new RunBusyError(`${MAX_MAILBOX} commands wait for run ${cell.runId}`));
      }
      cell.mailbox.push({ command, done: (error) => (error === undefined ? resolve() : reject(error)) });
      this.#pump(cell);
    });
  }

  /** E1. */
  #pump(cell: RunCell): void {
    if (cell.committing || cell.mailbox.length === 0 || this.#stopped) return;
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
    if (decision.events.length === 0) {
      for (const entry of entries) entry.done();
      return;
    }
    cell.committing = true;
    const transition = transitionOf(cell, decision, moment.nowMs);
    this.#options.commit({ transition, settled: (fate) => this.#settled(cell, entries, decision, fate) });
  }

  #settled(cell: RunCell, entries: readonly MailboxEntry[], decision: Decision, fate: Fate): void {
    cell.committing = false;
    if (fate === 'won') {
      const before = cell.state;
      cell.state = decision.state;
      cell.startKey = undefined;
      this.#takeEffect(cell, before, decision);
      for (const entry of entries) entry.done();
      return this.#pump(cell);
    }
    if (fate === 'poisoned') return this.#setAside(cell, entries, new Error('the store refuses this transition'));
    if (cell.state === undefined) {
      this.#cells.delete(cell.runId);
      for (const entry of entries) entry.done(new StartLostError(`run ${cell.runId} lost its start`));
      return;
    }
    void this.#decideAgain(cell, entries);
  }

  /** E3. */
  async #decideAgain(cell: RunCell, entries: readonly MailboxEntry[]): Promise<void> {
    this.#options.observer.raceLost(cell.runId);
    this.#forget(cell);
    try {
      for (const { command, done } of [...entries, ...cell.mailbox.splice(0)]) {
        void this.#resubmit(cell.runId, command, done);
      }
      const fresh = await this.adopt(cell.runId);
      for (const waiter of cell.endWaiters) {
        if (fresh === undefined) waiter(undefined);
        else fresh.endWaiters.add(waiter);
      }
    } catch (error) {
      this.#options.observer.runSetAside(cell.runId, error);
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
    this.#options.observer.transitionCommitted(cell.plan, before, state, events);
    const ended = isTerminal(state.status);
    for (const nodeId of touchedNodes(events, before, ended)) {
      const order = ended ? undefined : this.#orderFor(cell, state, nodeId, inputs.get(nodeId));
      const reason = state.status === 'CANCELLED' ? 'run cancelled' : 'result not wanted any more';
      this.#options.dispatcher.reconcile(cell.runId, nodeId, order, reason);
    }
    if (ended) {
      this.#forget(cell);
      for (const waiter of cell.endWaiters) waiter(state);
      cell.endWaiters.clear();
    } else this.#arm(cell, state);
  }

  #orderFor(cell: RunCell, state: RunState, nodeId: string, input: Payload | undefined): TaskOrder | undefined {
    const run = state.nodes.get(nodeId);
    const node = cell.plan.nodes.get(nodeId);
    if (run === undefined || node === undefined || !needsDispatch(run)) return undefined;
    return {
      runId: cell.runId,
      namespace: cell.namespace,
      workflowId: state.workflowId,
      key: { nodeId, attempt: run.attempt, dispatch: run.dispatch },
      node,
      input: input ?? nodeInput(state, node, run.scheduledSeq).payload,
      sessionId: state.sessionId,
      traceparent: state.traceparent,
    };
  }

  /** E5: the next time anything of the run is due by the clock. */
  #arm(cell: RunCell, state: RunState): void {
    clearTimeout(cell.timer);
    cell.timer = undefined;
    const dueMs = nextTimerMs(cell.plan, state);
    if (dueMs === undefined) return;
    const delayMs = Math.max(0, dueMs - this.#options.nowMs());
    const waitsForTimeAlone = ![...state.nodes.values()].some(needsDispatch);
    if (delayMs > PARK_AFTER_MS && waitsForTimeAlone && cell.endWaiters.size === 0) {
      return void this.#park(cell, state, delayMs);
    }
    cell.timer = setTimeout(() => void this.#fire(cell, state), Math.min(delayMs, CHECK_INTERVAL_MS));
    cell.timer.unref();
  }

  async #fire(cell: RunCell, state: RunState): Promise<void> {
    try {
      await this.#post(cell, { kind: 'fire_timers' });
      // A clock that was set back fires a timer early: nothing was due yet, so it is armed again.
      if (this.#cells.get(cell.runId) === cell && cell.state === state) this.#arm(cell, state);
    } catch (error) {
      this.#options.observer.runSetAside(cell.runId, error);
    }
  }

  /** Leaves memory until the sweep finds the run due. */
  async #park(cell: RunCell, state: RunState, delayMs: number): Promise<void> {
    try {
      await this.#options.store.postpone([cell.runId], delayMs);
      const idle = !cell.committing && cell.mailbox.length === 0 && cell.endWaiters.size === 0;
      if (idle && cell.state === state) this.#forget(cell);
    } catch (error) {
      this.#options.observer.storeFailed(error);
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
    if (stored === undefined) return undefined;
    const state = foldHistory(runId, stored.namespace, stored.rows);
    if (isTerminal(state.status)) return undefined;
    const plan = await this.#options.plans.ofRun(state);
    const present = this.#cells.get(runId);
    if (present !== undefined) return present;
    const cell = newCell(runId, stored.namespace, plan);
    cell.state = state;
    this.#cells.set(runId, cell);
    for (const nodeId of state.nodes.keys()) {
      const order = this.#orderFor(cell, state, nodeId, undefined);
      if (order !== undefined) this.#options.dispatcher.adopt(order);
    }
    this.#arm(cell, state);
    return cell;
  }
}

function transitionOf(cell: RunCell, decision: Decision, nowMs: number): StoredTransition {
  const { state, events } = decision;
  return {
    namespace: cell.namespace,
    runId: cell.runId,
    firstSeq: (cell.state?.seq ?? 0) + 1,
    eventCount: events.length,
    body: encodeTransition({ occurredAtMs: nowMs, events }),
    traceparent: state.traceparent,
    start: cell.state === undefined ? startOf(cell, state, nowMs) : undefined,
    end: isTerminal(state.status) ? endOf(state) : undefined,
  };
}

function startOf(cell: RunCell, state: RunState, nowMs: number): RunStart {
  return {
    workflowId: state.workflowId,
    workflowVersion: state.workflowVersion,
    createdAtMs: nowMs,
    checkAtMs: nowMs + CHECK_INTERVAL_MS,
    labels: state.labels,
    sessionId: state.sessionId,
    key: cell.startKey,
  };
}

function endOf(state: RunState): RunEnd {
  const status = state.status === 'RUNNING' ? 'FAILED' : state.status;
  return {
    status,
    endedAtMs: state.endedAtMs ?? 0,
    failureCode: state.failure?.code,
    failureMessage: state.failure?.message,
    failedNodeId: state.failedNodeId === '' ? undefined : state.failedNodeId,
  };
}

/** The nodes whose task may have to change. A run that ends touches all that were at work. */
function touchedNodes(events: readonly RunEvent[], before: RunState | undefined, ended: boolean): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const event of events) {
    if ('nodeId' in event && event.nodeId !== '') touched.add(event.nodeId);
  }
  if (!ended || before === undefined) return touched;
  for (const node of before.nodes.values()) if (needsDispatch(node)) touched.add(node.id);
  return touched;
}
