/**
 * Runs a workflow and its child runs in this process, by the platform's own kernel.
 *
 * Owns the states and histories of the runs, and the order in which commands reach them. Does not own what a command
 * comes to (`decide` of the kernel), nor how a task is done (LocalCall), nor who answers a wait (LocalPeople).
 *
 * G1. Commands are decided one after the other; what one makes of a run takes effect before the next is decided.
 * G2. Every node that needs a task has exactly one call; a call whose task nobody wants any more is aborted.
 * G3. A child run's end is told to its parent; children that nobody waits for are stopped.
 * G4. It is over once all runs have ended. A defect ends it at once, and aborts every call.
 */
import {
  decide,
  isTerminal,
  needsDispatch,
  nextTimerMs,
  nodeInput,
  openChildren,
  type Plan,
  type RunCommand,
  type RunState,
} from '@skein/domain';
import { childOutcome, childStart, type LocalStart } from './child-start.ts';
import { LocalClock } from './clock.ts';
import { LocalCall } from './local-call.ts';
import { localEvent, type LocalEvent } from './local-event.ts';
import type { LocalDelta, LocalOptions } from './options.ts';

/** One run in memory. */
export interface LocalCell {
  readonly runId: string;
  readonly plan: Plan;
  /** Undefined until its start is decided. */
  state: RunState | undefined;
  readonly events: LocalEvent[];
  /** By node id. */
  readonly calls: Map<string, LocalCall>;
  timer: Disposable | undefined;
}

/** Who is told of what becomes of the runs. */
export interface EngineListener {
  /** A run has changed and goes on: perhaps somebody is waited for. */
  changed(cell: LocalCell, state: RunState): void;
  /** All runs have ended. */
  ended(): void;
  failed(error: unknown): void;
  /** Nothing is at work and no time is waited for. */
  idle(): void;
}

export const NAMESPACE = 'local';

export class LocalEngine implements Disposable {
  readonly cells = new Map<string, LocalCell>();
  readonly clock: LocalClock;
  readonly #options: LocalOptions;
  readonly #plans: ReadonlyMap<string, Plan>;
  readonly #listener: EngineListener;
  readonly #queue: { readonly cell: LocalCell; readonly command: RunCommand }[] = [];
  #isDeciding = false;
  #open = 0;
  #isOver = false;

  constructor(options: LocalOptions, plans: ReadonlyMap<string, Plan>, listener: EngineListener) {
    const onDelta = (delta: LocalDelta): void => {
      try {
        options.onDelta?.(delta);
      } catch (error) {
        this.fail(error);
      }
    };
    this.#options = { ...options, onDelta };
    this.#plans = plans;
    this.#listener = listener;
    this.clock = new LocalClock(options.clock === 'virtual', () => this.#idle());
  }

  /** Starts a run. */
  start(runId: string, { plan, command }: LocalStart): void {
    const cell = { runId, plan, state: undefined, events: [], calls: new Map(), timer: undefined };
    this.cells.set(runId, cell);
    this.#open += 1;
    this.submit(runId, command);
  }

  /** Decides a command, now or after those that came before; one for a run that has ended changes nothing. */
  submit(runId: string, command: RunCommand): void {
    const cell = this.cells.get(runId);
    if (cell === undefined || this.#isOver) return;
    this.#queue.push({ cell, command });
    if (this.#isDeciding) return;
    this.#isDeciding = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        this.#decide(next.cell, next.command);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.#isDeciding = false;
    }
    if (this.#isOver) return;
    if (this.#open === 0) this.#listener.ended();
    else this.clock.goOn();
  }

  /** G4. */
  fail(error: unknown): void {
    if (this.#isOver) return;
    this[Symbol.dispose]();
    this.#listener.failed(error);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#queue.length = 0;
    this.clock[Symbol.dispose]();
    for (const { calls } of this.cells.values()) for (const call of calls.values()) call.abort('the run is over');
  }

  #idle(): void {
    if (!this.#isOver && this.#open > 0) this.#listener.idle();
  }

  #decide(cell: LocalCell, command: RunCommand): void {
    const { runId, plan, state: before } = cell;
    const nowMs = this.clock.nowMs();
    const random = this.#options.clock === 'virtual' ? 0.5 : Math.random();
    const { state, events } = decide(plan, { runId, namespace: NAMESPACE }, before, [command], { nowMs, random });
    cell.state = state;
    for (const event of events) {
      const shown = localEvent(event, runId, cell.events.length + 1, nowMs);
      cell.events.push(shown);
      this.#options.onEvent?.(shown);
    }
    if (events.length > 0 || command.kind === 'fire_timers') this.#takeEffect(cell, state);
  }

  #takeEffect(cell: LocalCell, state: RunState): void {
    const hasEnded = isTerminal(state.status);
    this.#reconcileCalls(cell, state, hasEnded);
    this.#reconcileChildren(cell, state);
    cell.timer?.[Symbol.dispose]();
    cell.timer = undefined;
    if (hasEnded) return this.#ended(state);
    const dueMs = nextTimerMs(cell.plan, state);
    if (dueMs !== undefined) {
      cell.timer = this.clock.at(dueMs, () => this.submit(cell.runId, { kind: 'fire_timers' }));
    }
    this.#listener.changed(cell, state);
  }

  #ended({ parent, ...state }: RunState): void {
    this.#open -= 1;
    if (parent === undefined) return;
    const { runId, nodeId, attempt, index } = parent;
    const outcome = childOutcome({ ...state, parent });
    this.submit(runId, { kind: 'child_ended', nodeId, attempt, index, childRunId: state.runId, outcome });
  }

  /** G2. */
  #reconcileCalls(cell: LocalCell, state: RunState, hasEnded: boolean): void {
    for (const [nodeId, call] of cell.calls) {
      const node = state.nodes.get(nodeId);
      const { attempt, dispatch } = call.task.key;
      const isWanted = node !== undefined && !hasEnded && needsDispatch(node);
      if (isWanted && node.attempt === attempt && node.dispatch === dispatch) continue;
      cell.calls.delete(nodeId);
      call.abort(`the result of node ${nodeId} is not wanted any more`);
    }
    if (hasEnded) return;
    for (const node of state.nodes.values()) {
      if (needsDispatch(node) && !cell.calls.has(node.id)) this.#call(cell, state, node.id);
    }
  }

  #call(cell: LocalCell, state: RunState, nodeId: string): void {
    const run = state.nodes.get(nodeId);
    const node = cell.plan.nodes.get(nodeId) ?? cell.plan.compensations.get(nodeId);
    if (run === undefined || node === undefined) return;
    const { runId } = cell;
    const { attempt, dispatch, resumeDetails, answer } = run;
    const attemptKey = `${runId}/${nodeId}/${attempt}`;
    const task = {
      runId,
      namespace: NAMESPACE,
      sessionId: state.sessionId,
      key: { nodeId, attempt, dispatch },
      node,
      input: nodeInput(state, node, run.inputSeq).payload,
      idempotencyKey: answer === undefined ? attemptKey : `${attemptKey}/${answer.turn}`,
    };
    const report = (command: RunCommand): void => this.submit(runId, command);
    const options = this.#options;
    const call = new LocalCall({ task, memory: { resumeDetails, answer }, clock: this.clock, options, report });
    cell.calls.set(nodeId, call);
    void call.perform().catch((error: unknown) => this.fail(error));
  }

  /** G3. */
  #reconcileChildren(cell: LocalCell, state: RunState): void {
    for (const child of openChildren(state, { isWanted: true })) {
      const { childRunId } = child;
      if (this.cells.has(childRunId)) continue;
      const start = childStart(this.#plans, cell.plan, state, child);
      if (start === undefined) continue;
      if (!('failure' in start)) this.start(childRunId, start);
      else this.submit(cell.runId, { kind: 'child_ended', ...child, outcome: start });
    }
    for (const { childRunId, nodeId } of openChildren(state, { isWanted: false })) {
      const reason = `node ${nodeId} of its parent run does not wait for it any more`;
      const kind = state.status === 'TERMINATED' ? 'terminate_run' : 'cancel_run';
      this.submit(childRunId, { kind, reason });
    }
  }
}
