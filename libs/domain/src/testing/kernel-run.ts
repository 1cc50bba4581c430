import assert from 'node:assert/strict';
import type { JsonValue } from '../expression/json.ts';
import { compileWorkflow } from '../workflow/compile-plan.ts';
import type { EdgeDefinition, NodeDefinition } from '../workflow/definition.ts';
import type { Plan } from '../workflow/plan.ts';
import type { RunCommand, StartRun } from '../run/command.ts';
import { decide } from '../run/decide.ts';
import type { RunEvent } from '../run/event.ts';
import { openChildren } from '../run/open-children.ts';
import { Payload } from '../run/payload.ts';
import type { NodeRun, RunState } from '../run/state.ts';
import { nextTimerMs } from '../run/timers.ts';
import { comparable, fold } from './run-world.ts';

/** The graph of a run that a test drives by hand. */
export interface KernelGraph {
  readonly nodes: readonly NodeDefinition[];
  readonly edges?: readonly EdgeDefinition[];
  readonly output?: JsonValue;
}

/** How something ended: with an output, or with a failure's code. */
export type Outcome = { readonly output: JsonValue } | { readonly code: string; readonly retryable?: boolean };

const IDENTITY = { runId: '01890000-0000-7000-8000-0000000000ff', namespace: 'default' };

/** One run, driven command by command under a clock that stands still until it is told to move. */
export class KernelRun {
  readonly plan: Plan;
  readonly history: { readonly event: RunEvent; readonly occurredAtMs: number }[] = [];
  nowMs = 1_000_000;
  #state: RunState | undefined;

  constructor(graph: KernelGraph, input: JsonValue = {}, start: Partial<StartRun> = {}) {
    this.plan = compileWorkflow({ id: 'kernel', edges: [], ...graph });
    this.apply({
      kind: 'start_run',
      workflowVersion: 1,
      input: Payload.fromValue(input),
      labels: {},
      sessionId: '',
      traceparent: '',
      ...start,
    });
  }

  get state(): RunState {
    assert.ok(this.#state);
    return this.#state;
  }

  /** Where the run stands, and what it ended with. */
  get end(): readonly [string, JsonValue | undefined] {
    return [this.state.status, this.state.output?.value ?? this.state.failure?.code];
  }

  /** Where each node stands. */
  get nodes(): Record<string, string> {
    return Object.fromEntries(Array.from(this.state.nodes.values(), ({ id, status }) => [id, status]));
  }

  node(id: string): NodeRun {
    return this.state.nodes.get(id) ?? assert.fail(`${id} is PENDING`);
  }

  /** Gives a command; answers the names of the events that came of it. */
  apply(...commands: readonly RunCommand[]): readonly string[] {
    const moment = { nowMs: this.nowMs, random: 0.5 };
    const { events, state } = decide(this.plan, IDENTITY, this.#state, commands, moment);
    for (const event of events) this.history.push({ event, occurredAtMs: this.nowMs });
    this.#state = state;
    assert.deepEqual(
      comparable(state),
      comparable(fold(this.history, IDENTITY)),
      'the state is the fold of its history',
    );
    return events.map(({ kind }) => kind);
  }

  /** An executor reports the end of a node's task. */
  ends(nodeId: string, outcome: Outcome): readonly string[] {
    const { attempt, dispatch } = this.node(nodeId);
    const facts = {
      executorId: 'executor',
      target: 'instance',
      targetVersion: '',
      startedAtMs: this.nowMs,
      latencyMs: 1,
      usage: { inputTokens: 0, outputTokens: 0 },
      streamedBytes: 0,
    };
    return this.apply({ kind: 'task_ended', key: { nodeId, attempt, dispatch }, outcome: outcomeOf(outcome), facts });
  }

  /** Positions of the children of a node that are open. */
  open(nodeId: string): readonly number[] {
    return openChildren(this.state, { isWanted: true })
      .filter((child) => child.nodeId === nodeId)
      .map(({ index }) => index);
  }

  /** A child run ends. */
  childEnds(nodeId: string, index: number, outcome: Outcome): readonly string[] {
    const { attempt, children } = this.node(nodeId);
    const childRunId = children?.open.get(index) ?? 'none';
    return this.apply({ kind: 'child_ended', nodeId, attempt, index, childRunId, outcome: outcomeOf(outcome) });
  }

  /** The clock moves to the next time that something is due. */
  nextTimer(): readonly string[] {
    this.nowMs = nextTimerMs(this.plan, this.state) ?? assert.fail('nothing is due');
    return this.apply({ kind: 'fire_timers' });
  }
}

function outcomeOf(outcome: Outcome) {
  if ('output' in outcome) return { output: Payload.fromValue(outcome.output) };
  const { code, retryable = false } = outcome;
  return { failure: { code, message: code, place: '', remedy: '', retryable } };
}
