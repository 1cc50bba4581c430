import { create } from '@bufbuild/protobuf';
import {
  RoutingPolicySchema,
  RoutingStrategy,
  type CallLimit,
  type CircuitBreakerPolicy,
  type OutlierEjectionPolicy,
  type RoutingPolicy as RoutingPolicyMessage,
} from '@skein/contracts/registry';
import { durationOfMs, msOfDuration } from '@skein/events';
import type { RoutingPolicy, RoutingStrategy as Strategy } from '../domain/routing-policy.ts';
import type { Violations } from './violations.ts';

const STRATEGIES: Readonly<Record<Strategy, RoutingStrategy>> = {
  LEAST_LOADED: RoutingStrategy.LEAST_LOADED,
  ROUND_ROBIN: RoutingStrategy.ROUND_ROBIN,
  RANDOM: RoutingStrategy.RANDOM,
  LATENCY_BASED: RoutingStrategy.LATENCY_BASED,
};

const AGENT_ID = /^[A-Za-z0-9_.-]{1,128}$/;
const MAX_FALLBACKS = 8;
const MAX_TRIED = 10;
const MAX_LIMIT = 10_000;
const MIN_RATE_MS = 100;
const MAX_DURATION_MS = 365 * 24 * 3_600_000;
const MAX_THRESHOLD = 1000;
const MIN_RESET_MS = 10;
const MAX_RESET_MS = 3_600_000;

/** A routing policy for the wire. */
export function routingToMessage(routing: RoutingPolicy): RoutingPolicyMessage {
  const { strategy, sessionAffinity, circuitBreaker, outlierEjection, maxInstancesTried, fallbackAgentIds, limit } =
    routing;
  const { resetTimeoutMs } = circuitBreaker ?? {};
  return create(RoutingPolicySchema, {
    strategy: strategy === undefined ? RoutingStrategy.UNSPECIFIED : STRATEGIES[strategy],
    sessionAffinity: sessionAffinity ?? false,
    maxInstancesTried: maxInstancesTried ?? 0,
    fallbackAgentIds: [...(fallbackAgentIds ?? [])],
    ...(circuitBreaker === undefined
      ? {}
      : {
          circuitBreaker: {
            failureThreshold: circuitBreaker.failureThreshold ?? 0,
            ...(resetTimeoutMs === undefined ? {} : { resetTimeout: durationOfMs(resetTimeoutMs) }),
          },
        }),
    ...(outlierEjection === undefined
      ? {}
      : {
          outlierEjection: {
            failureRatio: outlierEjection.failureRatio ?? 0,
            maxEjectedRatio: outlierEjection.maxEjectedRatio ?? 0,
          },
        }),
    ...(limit === undefined
      ? {}
      : {
          limit: {
            maxConcurrency: limit.maxConcurrency ?? 0,
            rateLimit: limit.rate?.limit ?? 0,
            ...(limit.rate === undefined ? {} : { ratePer: durationOfMs(limit.rate.perMs) }),
          },
        }),
  });
}

/** The routing policy of a request; what is wrong is added to the violations. */
export function routingOf(
  message: RoutingPolicyMessage | undefined,
  agentId: string,
  violations: Violations,
): RoutingPolicy | undefined {
  if (message === undefined) return undefined;
  const { circuitBreaker, outlierEjection, limit } = message;
  return {
    ...given('strategy', strategyOf(message.strategy, violations)),
    ...given('sessionAffinity', message.sessionAffinity || undefined),
    ...given('maxInstancesTried', countOf('max_instances_tried', message.maxInstancesTried, MAX_TRIED, violations)),
    ...given('fallbackAgentIds', fallbacksOf(message.fallbackAgentIds, agentId, violations)),
    ...(circuitBreaker === undefined ? {} : { circuitBreaker: breakerOf(circuitBreaker, violations) }),
    ...(outlierEjection === undefined ? {} : { outlierEjection: ejectionOf(outlierEjection, violations) }),
    ...(limit === undefined ? {} : { limit: limitOf(limit, violations) }),
  };
}

function strategyOf(message: RoutingStrategy, violations: Violations): Strategy | undefined {
  const found = (Object.keys(STRATEGIES) as Strategy[]).find((strategy) => STRATEGIES[strategy] === message);
  if (found === undefined && message !== RoutingStrategy.UNSPECIFIED) {
    violations.add('routing.strategy', 'give one of those that this version knows, or leave it out for LEAST_LOADED');
  }
  return found;
}

function breakerOf(message: CircuitBreakerPolicy, violations: Violations) {
  const resetTimeoutMs = msOfDuration(message.resetTimeout);
  if (resetTimeoutMs !== undefined && !(resetTimeoutMs >= MIN_RESET_MS && resetTimeoutMs <= MAX_RESET_MS)) {
    violations.add('routing.circuit_breaker.reset_timeout', 'give 10 ms to 1 h, or leave it out for 30 s');
  }
  const field = 'circuit_breaker.failure_threshold';
  return {
    ...given('failureThreshold', countOf(field, message.failureThreshold, MAX_THRESHOLD, violations)),
    ...given('resetTimeoutMs', resetTimeoutMs),
  };
}

function ejectionOf(message: OutlierEjectionPolicy, violations: Violations) {
  return {
    ...given('failureRatio', ratioOf('outlier_ejection.failure_ratio', message.failureRatio, violations)),
    ...given('maxEjectedRatio', ratioOf('outlier_ejection.max_ejected_ratio', message.maxEjectedRatio, violations)),
  };
}

function limitOf({ maxConcurrency, rateLimit, ratePer }: CallLimit, violations: Violations) {
  const rate = countOf('limit.rate_limit', rateLimit, MAX_LIMIT, violations);
  const perMs = msOfDuration(ratePer);
  if ((rate === undefined) !== (perMs === undefined)) {
    violations.add('routing.limit.rate_per', 'give it together with rate_limit');
  } else if (perMs !== undefined && !(perMs >= MIN_RATE_MS && perMs <= MAX_DURATION_MS)) {
    violations.add('routing.limit.rate_per', `give ${MIN_RATE_MS} ms to 365 days`);
  }
  return {
    ...given('maxConcurrency', countOf('limit.max_concurrency', maxConcurrency, MAX_LIMIT, violations)),
    ...given('rate', rate === undefined || perMs === undefined ? undefined : { limit: rate, perMs }),
  };
}

function fallbacksOf(ids: readonly string[], agentId: string, violations: Violations): readonly string[] | undefined {
  const field = 'routing.fallback_agent_ids';
  if (ids.length > MAX_FALLBACKS) violations.add(field, `give at most ${MAX_FALLBACKS}`);
  for (const [at, id] of ids.entries()) {
    if (!AGENT_ID.test(id)) violations.add(`${field}[${at}]`, 'give 1 to 128 letters, digits, "_", "." and "-"');
    else if (id === agentId) violations.add(`${field}[${at}]`, 'an agent is no fallback of its own');
  }
  return ids.length === 0 ? undefined : [...new Set(ids)];
}

/** Zero: the default. */
function countOf(field: string, count: number, max: number, violations: Violations): number | undefined {
  if (count < 0 || count > max) violations.add(`routing.${field}`, `give 1 to ${max}, or leave it out`);
  return count === 0 ? undefined : count;
}

/** Zero: the default. */
function ratioOf(field: string, ratio: number, violations: Violations): number | undefined {
  if (!(ratio >= 0 && ratio <= 1))
    violations.add(`routing.${field}`, 'give more than 0 and at most 1, or leave it out');
  return ratio === 0 ? undefined : ratio;
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value });
}
