/** How calls are spread over instances of equal health. */
export type RoutingStrategy = 'LEAST_LOADED' | 'ROUND_ROBIN' | 'RANDOM' | 'LATENCY_BASED';

/** How calls of an agent are routed, as it was registered; what is undefined is the executor's default. */
export interface RoutingPolicy {
  readonly strategy?: RoutingStrategy | undefined;
  readonly sessionAffinity?: boolean | undefined;
  readonly circuitBreaker?: {
    readonly failureThreshold?: number | undefined;
    readonly resetTimeoutMs?: number | undefined;
  };
  /** Undefined: none is ejected. */
  readonly outlierEjection?: {
    readonly failureRatio?: number | undefined;
    readonly maxEjectedRatio?: number | undefined;
  };
  readonly maxInstancesTried?: number | undefined;
  readonly fallbackAgentIds?: readonly string[] | undefined;
  /** Undefined: as many calls as come. */
  readonly limit?: {
    readonly maxConcurrency?: number | undefined;
    readonly rate?: { readonly limit: number; readonly perMs: number } | undefined;
  };
}
