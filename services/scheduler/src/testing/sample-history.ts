import {
  compileWorkflow,
  decide,
  isTerminal,
  needsDispatch,
  Payload,
  type JsonValue,
  type Plan,
  type RunCommand,
  type RunState,
  type WorkflowDefinition,
} from '@skein/domain';
import { newCell } from '../app/run-cell.ts';
import type { StoredTransition } from '../app/run-store.ts';
import { transitionOf } from '../app/run-transition.ts';
import { newRunId } from './run-store/sample-batches.ts';

/** What an agent says to an attempt. */
export type SampleAnswer = { readonly output: JsonValue } | { readonly code: string; readonly retryable: boolean };

/** A run as it was decided, from its start to its end. */
export interface SampleHistory {
  readonly plan: Plan;
  readonly state: RunState;
  /** One for the start, then one for each report. */
  readonly transitions: readonly StoredTransition[];
}

/** What a history is made of. */
export interface SampleHistoryOptions {
  readonly definition: WorkflowDefinition;
  readonly input: JsonValue;
  readonly answer: (nodeId: string, attempt: number) => SampleAnswer;
  /** Cancels the run when it has this many transitions. */
  readonly cancelAfter?: number;
  readonly beganAtMs?: number;
}

/** Decides a run to its end, a task at a time, as an engine with one executor would. */
export function sampleHistory(options: SampleHistoryOptions): SampleHistory {
  const { definition, input, answer, cancelAfter = Infinity, beganAtMs = Date.now() } = options;
  const plan = compileWorkflow(definition);
  const cell = newCell(newRunId(), 'default', plan);
  const identity = { runId: cell.runId, namespace: cell.namespace };
  const transitions: StoredTransition[] = [];
  let nowMs = beganAtMs;
  const advance = (command: RunCommand): RunState => {
    const decision = decide(plan, identity, cell.state, [command], { nowMs, random: 0.5 });
    transitions.push(transitionOf(cell, decision, nowMs));
    cell.state = decision.state;
    return decision.state;
  };
  let state = advance({
    kind: 'start_run',
    workflowVersion: 1,
    input: Payload.fromValue(input),
    labels: { team: 'support' },
    sessionId: 'session-1',
    traceparent: '',
  });
  while (!isTerminal(state.status)) {
    nowMs += 60_000;
    const command = transitions.length >= cancelAfter ? CANCEL : nextReport(state, nowMs, answer);
    state = advance(command);
  }
  return { plan, state, transitions };
}

const CANCEL: RunCommand = { kind: 'cancel_run', reason: 'nobody wants it any more' };

function nextReport(state: RunState, nowMs: number, answer: SampleHistoryOptions['answer']): RunCommand {
  const node = [...state.nodes.values()].find(needsDispatch);
  if (node === undefined) return { kind: 'fire_timers' };
  const said = answer(node.id, node.attempt);
  const failure = (code: string, retryable: boolean) => {
    return {
      code,
      message: `it is ${code}`,
      place: node.id,
      remedy: 'try another',
      retryable,
      details: { of: node.id },
    };
  };
  return {
    kind: 'task_ended',
    key: { nodeId: node.id, attempt: node.attempt, dispatch: node.dispatch },
    outcome:
      'output' in said ? { output: Payload.fromValue(said.output) } : { failure: failure(said.code, said.retryable) },
    facts: {
      executorId: 'executor-1',
      target: 'instance-1',
      targetVersion: '1.0.0',
      startedAtMs: nowMs - 10,
      latencyMs: 10,
      usage: { inputTokens: 7, outputTokens: 3 },
      streamedBytes: 0,
    },
  };
}
