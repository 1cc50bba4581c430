import type { JsonValue } from '../expression/json.ts';
import type { CallFacts, RunCommand } from '../run/command.ts';
import { decide } from '../run/decide.ts';
import type { DispatchKey } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { HistoryEvent } from '../run/history.ts';
import { Payload } from '../run/payload.ts';
import type { RunState } from '../run/state.ts';
import type { Plan } from '../workflow/plan.ts';
import { IDENTITY } from './run-world.ts';

/** Begins a run with an input. */
export function started(input: JsonValue): RunCommand {
  return {
    kind: 'start_run',
    workflowVersion: 1,
    input: Payload.fromValue(input),
    labels: {},
    sessionId: '',
    traceparent: '',
  };
}

/** A call of the first dispatch came to this; `called: false`: it ended before any call was made. */
export function ended(
  nodeId: string,
  answer: { readonly output: JsonValue } | { readonly failure: Failure },
  { attempt = 1, dispatch = 1, called = true } = {},
): RunCommand {
  const outcome = 'output' in answer ? { output: Payload.fromValue(answer.output) } : answer;
  const facts = called ? FACTS : { ...FACTS, startedAtMs: undefined };
  return { kind: 'task_ended', key: keyTo(nodeId, attempt, dispatch), outcome, facts };
}

/** Names a delivery. */
export function keyTo(nodeId: string, attempt = 1, dispatch = 1): DispatchKey {
  return { nodeId, attempt, dispatch };
}

/** A failure that may be tried again. */
export function flaky(code = 'FLAKY'): { readonly failure: Failure } {
  return { failure: { code, message: 'not now', place: '', remedy: '', retryable: true } };
}

/** The history of a run to which the given happened, in milliseconds from its start. */
export function recordedRun(
  plan: Plan,
  happenings: readonly (readonly [atMs: number, ...commands: RunCommand[]])[],
  random = 0.3,
): HistoryEvent[] {
  const history: HistoryEvent[] = [];
  let state: RunState | undefined;
  for (const [atMs, ...commands] of happenings) {
    const occurredAtMs = 1_000 + atMs;
    const decision = decide(plan, IDENTITY, state, commands, { nowMs: occurredAtMs, random });
    for (const event of decision.events) history.push({ seq: history.length + 1, occurredAtMs, event });
    state = decision.state;
  }
  return history;
}

const FACTS: CallFacts = {
  executorId: 'executor',
  target: 'instance',
  targetVersion: '1.0.0',
  startedAtMs: 500,
  latencyMs: 1,
  usage: { inputTokens: 0, outputTokens: 0 },
  streamedBytes: 0,
};
