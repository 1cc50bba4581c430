/** Flow control of a workflow's runs, as the document has it. */
export interface FlowDefinition {
  /** How many runs may be under way at a time; further ones wait in state CREATED. At most 8. */
  readonly concurrency?: ConcurrencyDefinition | readonly ConcurrencyDefinition[];
  /** How many runs may begin per time; further ones wait in state CREATED. At most 8. */
  readonly rate?: RateDefinition | readonly RateDefinition[];
  /** 1 (first) to 5, or a template of it. Default 3. */
  readonly priority?: number | string;
  /** Runs that wait take turns over the values of a key. */
  readonly fairness?: FairnessDefinition;
}

/** Whose runs share a limit: the workflow's, or those of all workflows of the namespace that name the same key. */
export type LimitScope = 'workflow' | 'namespace';

/** Most runs at a time. */
export interface ConcurrencyDefinition {
  /** 1 to 10,000. */
  readonly limit: number;
  /** Template: runs with the same value share the limit. Default: all of the workflow do. */
  readonly key?: string;
  /** Default `workflow`. `namespace` requires a key. */
  readonly scope?: LimitScope;
}

/** Most runs that begin per time: `limit` at once, then one every `per / limit`. */
export interface RateDefinition extends ConcurrencyDefinition {
  /** 100ms to 365d. */
  readonly per: string;
}

/** Turns of runs that wait. */
export interface FairnessDefinition {
  /** Template, such as the customer. */
  readonly key: string;
  /** Share of the turns, 0.1 to 100. Default 1. */
  readonly weight?: number;
}
