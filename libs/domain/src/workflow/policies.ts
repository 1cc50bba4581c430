import type { DocumentPath, ProblemList } from './problem-list.ts';
import type { NodeDefaults, NodeDefinition, RetryDefinition, TimeoutsDefinition } from './definition.ts';
import { parseDurationMs } from './duration.ts';
import type { RetryPolicy, TimeoutPolicy } from './plan.ts';

/** What a node has where neither it nor the workflow's `defaults` says otherwise. */
export const POLICY_DEFAULTS = Object.freeze({
  startToCloseMs: 300_000,
  /** Attempts of nodes that call somebody. */
  maxAttempts: 3,
  initialMs: 1_000,
  multiplier: 2,
  maxMs: 30_000,
  jitter: 0.1,
});

/** The timeouts of a node, field by field: its own, else the workflow's, else the default. */
export function timeoutPolicy(node: NodeDefinition, defaults: NodeDefaults): TimeoutPolicy {
  const given: TimeoutsDefinition = { ...defaults.timeouts, ...node.timeouts };
  return {
    scheduleToStartMs: ms(given.schedule_to_start),
    startToCloseMs: ms(given.start_to_close) ?? POLICY_DEFAULTS.startToCloseMs,
    heartbeatMs: ms(given.heartbeat),
    scheduleToCloseMs: ms(given.schedule_to_close),
  };
}

/** The retry of a node, field by field: its own, else the workflow's, else the default. */
export function retryPolicy(node: NodeDefinition, defaults: NodeDefaults): RetryPolicy {
  const given: RetryDefinition = { ...defaults.retry, ...node.retry };
  return {
    maxAttempts: maxAttempts(node.type, given.max_attempts),
    initialMs: ms(given.initial) ?? POLICY_DEFAULTS.initialMs,
    multiplier: given.multiplier ?? POLICY_DEFAULTS.multiplier,
    maxMs: ms(given.max) ?? POLICY_DEFAULTS.maxMs,
    jitter: given.jitter ?? POLICY_DEFAULTS.jitter,
    nonRetryable: new Set(given.non_retryable),
  };
}

/**
 * Child runs have retries of their own within, so that doing all of it again has to be asked for. What is computed on
 * the spot, or waits, would come to the same.
 */
function maxAttempts(type: NodeDefinition['type'], given: number | undefined): number {
  switch (type) {
    case 'agent':
    case 'llm':
    case 'rpc':
    case 'tool':
      return given ?? POLICY_DEFAULTS.maxAttempts;
    case 'map':
    case 'loop':
    case 'subworkflow':
      return given ?? 1;
    default:
      return 1;
  }
}

function ms(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDurationMs(text);
}

/** Reports durations that are none, or out of bounds. Timeouts are at least 1 ms; waits may be zero. */
export function checkDurations(settings: NodeDefaults, at: DocumentPath, problems: ProblemList): void {
  for (const [field, text] of Object.entries(settings.timeouts ?? {})) {
    const parsed = parseDurationMs(text);
    if (parsed === undefined || parsed === 0) problems.add(badDuration([...at, 'timeouts', field], text));
  }
  for (const field of ['initial', 'max'] as const) {
    const text = settings.retry?.[field];
    if (text !== undefined && parseDurationMs(text) === undefined)
      problems.add(badDuration([...at, 'retry', field], text));
  }
}

/** A text that is no duration. */
export function badDuration(at: DocumentPath, text: string): Parameters<ProblemList['add']>[0] {
  return {
    at,
    code: 'BAD_DURATION',
    message: `\`${text}\` is no duration`,
    mend: 'write a number and a unit, such as 500ms, 30s, 5m or 1h30m, of 365d at most',
  };
}
