/**
 * A run and an adversary: results come late, twice and out of order, executors and schedulers die at any moment.
 *
 * Every choice is drawn from one seeded source, so that a seed replays a failure to the letter. After each step
 * the invariants are checked:
 * W1. The state equals the fold of the history.
 * W2. An open run has a task to dispatch, a time to wait for, an open child run, or somebody who can move it on.
 * W3. No node ends twice, and nothing happens after the run has ended.
 * W4. No attempt is made beyond the node's limit.
 */
import assert from 'node:assert/strict';
import type { RunCommand } from '../run/command.ts';
import { decide } from '../run/decide.ts';
import type { DispatchKey, RunEvent } from '../run/event.ts';
import { evolve, type RunIdentity } from '../run/evolve.ts';
import { Payload } from '../run/payload.ts';
import { nodeInput } from '../run/node-input.ts';
import { childInput, openChildren } from '../run/open-children.ts';
import { isFinal, isHeldBack, isTerminal, needsDispatch, type RunState } from '../run/state.ts';
import { nextTimerMs } from '../run/timers.ts';
import { findPlanNode, planNode } from '../run/turn.ts';
import type { JsonValue } from '../expression/json.ts';
import type { Plan } from '../workflow/plan.ts';

/** How an agent answers an attempt: the same each time it is asked, whatever the schedule. */
export type AgentAnswer = { readonly output: JsonValue } | { readonly code: string; readonly retryable: boolean };

/** What a world is made of. */
export interface RunWorldOptions {
  readonly plan: Plan;
  readonly input: JsonValue;
  readonly answer: (nodeId: string, attempt: number) => AgentAnswer;
  /** How a child run of a node ends. Default: with what it was given. */
  readonly child?: (nodeId: string, index: number) => AgentAnswer;
  /** Draws a number in [0, 1). */
  readonly random: () => number;
  /** Whether executors and schedulers die, and messages are lost and repeated. */
  readonly adverse: boolean;
}

interface StoredEvent {
  readonly event: RunEvent;
  readonly occurredAtMs: number;
}

/** Who the run of a world is. */
export const IDENTITY = { runId: 'run', namespace: 'default' };
const MAX_STEPS = 5000;

/** One run in its world. */
export class RunWorld {
  readonly history: StoredEvent[] = [];
  readonly #options: RunWorldOptions;
  #state: RunState | undefined;
  #nowMs = 1000;
  /** Commands on their way: reports that may come late, twice or never. */
  #pending: RunCommand[] = [];

  constructor(options: RunWorldOptions) {
    this.#options = options;
  }

  /** Runs to the end and answers with the final state. */
  run(): RunState {
    this.#apply({
      kind: 'start_run',
      workflowVersion: 1,
      input: Payload.fromValue(this.#options.input),
      labels: {},
      sessionId: '',
      traceparent: '',
    });
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const state = this.state;
      if (isTerminal(state.status)) return this.#afterTheEnd(state);
      this.#step(state);
    }
    throw new Error(`the run did not end within ${MAX_STEPS} steps`);
  }

  get state(): RunState {
    assert.ok(this.#state);
    return this.#state;
  }

  #step(state: RunState): void {
    this.#checkNextThing(state);
    const dice = this.#options.random();
    const adverse = this.#options.adverse;
    if (adverse && dice < 0.05) return this.#crash();
    if (adverse && dice < 0.12) return this.#loseDispatch(state);
    if (adverse && dice < 0.17) return this.#timeOut(state);
    if (this.#pending.length > 0 && dice < 0.7) return this.#deliver();
    if (adverse && dice > 0.95 && this.#pauseOrResume(state)) return;
    const moves = [() => this.#work(state), () => this.#endChild(state), () => this.#comeAlong(state)];
    // What is paid no heed to must not be what the run depends on: every way to move on comes first now and then.
    const first = Math.floor(this.#options.random() * moves.length);
    for (let offset = 0; offset < moves.length; offset += 1) if (moves[(first + offset) % moves.length]?.()) return;
    this.#nowMs = Math.max(this.#nowMs, nextTimerMs(this.#options.plan, state) ?? this.#nowMs);
    this.#apply({ kind: 'fire_timers' });
    if (this.state === state) this.#apply({ kind: 'resume_run', nodeId: '' });
  }

  /** A child run ends; its end may be told twice, late, or to nobody who waits. */
  #endChild(state: RunState): boolean {
    const child = this.#pick(openChildren(state, { isWanted: true }));
    if (child === undefined) return false;
    const { nodeId, index } = child;
    const answer = this.#options.child?.(nodeId, index) ?? { output: this.#given(state, nodeId, index) };
    const outcome = outcomeOfAnswer(answer, nodeId);
    this.#pending.push({ kind: 'child_ended', ...child, outcome });
    return true;
  }

  #given(state: RunState, nodeId: string, index: number): JsonValue {
    const plan = planNode(this.#options.plan, nodeId);
    const node = state.nodes.get(nodeId);
    assert.ok(node);
    return childInput(plan, node, index, nodeInput(state, plan, node.scheduledSeq).payload).value;
  }

  /** Somebody sends the signal or takes the decision that a node waits for. */
  #comeAlong(state: RunState): boolean {
    const node = this.#pick([...state.nodes.values()].filter(({ wait }) => wait !== undefined && wait.kind !== 'time'));
    if (node?.wait?.kind === 'signal') {
      const { name } = node.wait;
      const payload = Payload.fromValue(name);
      this.#pending.push({ kind: 'send_signal', name, payload, signalId: `${node.id}/${node.attempt}` });
    } else if (node?.wait?.kind === 'approval') {
      const decision = { approved: true, decidedBy: 'ada', comment: '', form: Payload.fromValue(null) };
      this.#pending.push({ kind: 'decide_approval', nodeId: node.id, ...decision });
    }
    return node?.wait !== undefined;
  }

  #pauseOrResume(state: RunState): boolean {
    const isPaused = state.pause !== undefined;
    this.#apply(isPaused ? { kind: 'resume_run', nodeId: '' } : { kind: 'pause_run', nodeId: '', reason: '' });
    return true;
  }

  /** A scheduler dies and another folds the history. */
  #crash(): void {
    this.#state = fold(this.history);
    for (const key of this.#openKeys(this.state)) {
      this.#apply({ kind: 'lose_dispatch', key, reason: 'scheduler_restarted' });
    }
  }

  #loseDispatch(state: RunState): void {
    const key = this.#pick(this.#openKeys(state));
    // An executor that dies with every task would rightly end the run; here chance kills it less often.
    const lost = key === undefined ? 0 : (state.nodes.get(key.nodeId)?.lostDispatches ?? 0);
    if (key !== undefined && lost < 3) this.#apply({ kind: 'lose_dispatch', key, reason: 'executor_lost' });
  }

  /** A timeout of a delivery that has been replaced already: it must change nothing. */
  #timeOut(state: RunState): void {
    const key = this.#pick(this.#openKeys(state).filter(({ dispatch }) => dispatch > 1));
    if (key === undefined) return;
    const before = this.history.length;
    const stale = { ...key, dispatch: key.dispatch - 1 };
    this.#apply({ kind: 'task_timed_out', key: stale, timeout: 'start_to_close' });
    assert.equal(this.history.length, before);
  }

  /** Hands one report over; in an adverse world it may come again. */
  #deliver(): void {
    const index = Math.floor(this.#options.random() * this.#pending.length);
    const [command] = this.#pending.splice(index, 1);
    if (command === undefined) return;
    if (this.#options.adverse && this.#options.random() < 0.3) this.#pending.push(command);
    this.#apply(command);
  }

  /** An executor does one task; its report may be lost with it. */
  #work(state: RunState): boolean {
    const key = this.#pick(this.#openKeys(state));
    if (key === undefined) return false;
    const facts = {
      executorId: 'executor',
      target: 'instance',
      targetVersion: '1.0.0',
      startedAtMs: this.#nowMs,
      latencyMs: 1,
      usage: { inputTokens: 0, outputTokens: 0 },
      streamedBytes: 0,
    };
    if (this.#options.adverse && this.#options.random() < 0.2) {
      this.#pending.push({ kind: 'task_started', key, facts });
    }
    const answer = this.#options.answer(key.nodeId, key.attempt);
    const outcome = outcomeOfAnswer(answer, key.nodeId);
    this.#pending.push({ kind: 'task_ended', key, outcome, facts });
    return true;
  }

  #openKeys(state: RunState): DispatchKey[] {
    return [...state.nodes.values()]
      .filter((node) => needsDispatch(node) && (node.status === 'RUNNING' || !isHeldBack(state, node.id)))
      .map(({ id, attempt, dispatch }) => ({ nodeId: id, attempt, dispatch }));
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#options.random() * items.length)];
  }

  #apply(command: RunCommand): void {
    const moment = { nowMs: this.#nowMs, random: this.#options.random() };
    const before = this.#state;
    const decision = decide(this.#options.plan, IDENTITY, before, [command], moment);
    if (before !== undefined && isTerminal(before.status)) assert.equal(decision.events.length, 0, 'W3');
    for (const event of decision.events) this.history.push({ event, occurredAtMs: moment.nowMs });
    this.#state = decision.state;
    assert.deepEqual(comparable(decision.state), comparable(fold(this.history)), 'W1');
    this.#checkAttempts(decision.state);
    this.#nowMs += 1;
  }

  #checkNextThing(state: RunState): void {
    const hasTask = this.#openKeys(state).length > 0;
    const hasTimer = nextTimerMs(this.#options.plan, state) !== undefined;
    const hasChild = openChildren(state, { isWanted: true }).length > 0;
    const hasSomebody = state.pause !== undefined || [...state.nodes.values()].some(({ wait }) => wait !== undefined);
    assert.ok(
      hasTask || hasTimer || hasChild || hasSomebody,
      `W2: nothing moves the run: ${JSON.stringify(comparable(state))}`,
    );
  }

  #checkAttempts(state: RunState): void {
    for (const node of state.nodes.values()) {
      const limit = findPlanNode(this.#options.plan, node.id)?.retry.maxAttempts ?? 1;
      assert.ok(node.attempt <= limit, `W4: attempt ${node.attempt} of ${node.id}`);
    }
  }

  /** W3: what is still on its way finds a closed door. */
  #afterTheEnd(state: RunState): RunState {
    for (const command of [...this.#pending.splice(0), CANCEL]) this.#apply(command);
    const endings = this.history.filter(({ event }) =>
      ['node_succeeded', 'node_failed', 'node_skipped', 'node_cancelled'].includes(event.kind),
    );
    const ended = endings.map(({ event }) => ('nodeId' in event ? event.nodeId : ''));
    assert.equal(new Set(ended).size, ended.length, `W3: a node ended twice: ${ended.join(', ')}`);
    for (const node of state.nodes.values()) assert.ok(isFinal(node), `W3: ${node.id} is open in an ended run`);
    return state;
  }
}

function outcomeOfAnswer(answer: AgentAnswer, nodeId: string) {
  if ('output' in answer) return { output: Payload.fromValue(answer.output) };
  return { failure: { ...answer, message: answer.code, place: nodeId, remedy: '' } };
}

const CANCEL: RunCommand = { kind: 'cancel_run', reason: 'too late' };

/** The state that a history comes to. */
export function fold(history: readonly StoredEvent[], identity: RunIdentity = IDENTITY): RunState {
  let state: RunState | undefined;
  for (const [index, { event, occurredAtMs }] of history.entries()) {
    state = evolve(state, identity, event, { seq: index + 1, occurredAtMs });
  }
  assert.ok(state);
  return state;
}

/** A state with plain values, for comparing. */
export function comparable(state: RunState): unknown {
  const nodes = Array.from(state.nodes.values(), ({ children, ...node }) => ({
    ...node,
    output: node.output?.value,
    children: children && { ...children, outcomes: children.outcomes.size, last: children.last?.seq },
  }));
  return {
    ...state,
    nodes,
    input: state.input.value,
    output: state.output?.value,
    definition: undefined,
    signals: state.signals.length,
  };
}

/** What a run came to, whatever the way: each node's end and output, and the run's. */
export function outcomeOf(state: RunState): unknown {
  const ended = Array.from(state.nodes.values()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const nodes = ended.map(({ id, status, output }) => [id, status, output?.value]);
  return { status: state.status, output: state.output?.value, nodes };
}

/** Park and Miller's generator: enough to make every run of a seed the same. */
export function seeded(from: number): () => number {
  let state = from;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

/** What each agent answers is fixed by the case, so that only the schedule differs. */
export function answersOf(codes: readonly number[]): (nodeId: string, attempt: number) => AgentAnswer {
  return (nodeId, attempt) => {
    const code = codes[Number(nodeId.slice(1, 2))] ?? 0;
    if (code === 9) return { code: 'BROKEN', retryable: false };
    if (code >= 7 && attempt < 3) return { code: 'FLAKY', retryable: true };
    return { output: { kind: code % 2 === 0 ? 'even' : 'odd', size: code } };
  };
}
