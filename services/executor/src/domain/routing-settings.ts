/** How an agent's calls are routed: what it is registered with, over the defaults. */
import { durationMs } from '@bufbuild/protobuf/wkt';
import { RoutingStrategy, type RoutingPolicy } from '@skein/contracts/registry';
import type { BreakerSettings } from './breaker.ts';

/** When an instance that fails far more often than the others rests. */
export interface EjectionSettings {
  /** Least share of failed calls, of those in the last 30 s. */
  readonly failureRatio: number;
  /** Most of the agent's instances that may rest so at a time. */
  readonly maxEjectedRatio: number;
}

/** How an agent's calls are routed; `skein.registry.v1.RoutingPolicy` with the defaults filled in. */
export interface RoutingSettings {
  readonly strategy: RoutingStrategy;
  readonly sessionAffinity: boolean;
  readonly breaker: BreakerSettings;
  /** Undefined: none is ejected. */
  readonly ejection: EjectionSettings | undefined;
  /** Instances that one call is tried at, at most. */
  readonly maxInstancesTried: number;
  /** Agents to call where no instance of this one can be reached, in this order. */
  readonly fallbackAgentIds: readonly string[];
}

export const ROUTING_DEFAULTS: RoutingSettings = Object.freeze({
  strategy: RoutingStrategy.LEAST_LOADED,
  sessionAffinity: false,
  breaker: { failureThreshold: 5, resetTimeoutMs: 30_000 },
  ejection: undefined,
  maxInstancesTried: 3,
  fallbackAgentIds: [],
});

const EJECTION_DEFAULTS: EjectionSettings = Object.freeze({ failureRatio: 0.5, maxEjectedRatio: 0.3 });

/** The settings that a policy stands for. */
export function routingSettings(policy: RoutingPolicy | undefined): RoutingSettings {
  if (policy === undefined) return ROUTING_DEFAULTS;
  const { strategy, sessionAffinity, circuitBreaker, outlierEjection, maxInstancesTried, fallbackAgentIds } = policy;
  const { breaker } = ROUTING_DEFAULTS;
  return {
    strategy: strategy || ROUTING_DEFAULTS.strategy,
    sessionAffinity,
    breaker: {
      failureThreshold: circuitBreaker?.failureThreshold || breaker.failureThreshold,
      resetTimeoutMs:
        circuitBreaker?.resetTimeout === undefined ? breaker.resetTimeoutMs : durationMs(circuitBreaker.resetTimeout),
    },
    ejection: outlierEjection && {
      failureRatio: outlierEjection.failureRatio || EJECTION_DEFAULTS.failureRatio,
      maxEjectedRatio: outlierEjection.maxEjectedRatio || EJECTION_DEFAULTS.maxEjectedRatio,
    },
    maxInstancesTried: maxInstancesTried || ROUTING_DEFAULTS.maxInstancesTried,
    fallbackAgentIds,
  };
}
