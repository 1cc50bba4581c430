/** Flow control of one run: which limits it needs a slot of, and what it is put in order by. Pure. */
import { ExpressionError } from '../expression/errors.ts';
import type { JsonValue } from '../expression/json.ts';
import type { Scope } from '../expression/scope.ts';
import type { Template } from '../expression/template.ts';
import type { LimitRule, RateLimit } from '../workflow/compile-flow.ts';
import type { Plan } from '../workflow/plan.ts';

/** A limit that a run needs a slot of. */
export interface LimitClaim {
  /** `namespace`, `workflow/ID`, `workflow/ID/VALUE` or `key/VALUE`. */
  readonly key: string;
  /** By the definition; undefined: it does not say. */
  readonly maxConcurrency: number | undefined;
  /** By the definition; undefined: it does not say. */
  readonly rate: RateLimit | undefined;
}

/** Flow control of a run. */
export interface RunFlow {
  /** In the order of the keys. Empty: the run begins at once. */
  readonly limits: readonly LimitClaim[];
  /** Keys whose slots the runs hold that this one is part of. */
  readonly sharedKeys: readonly string[];
  /** 1 (first) to 5. */
  readonly priority: number;
  /** Empty: none. */
  readonly fairnessKey: string;
  /** 0.1 to 100. */
  readonly weight: number;
}

/** Of a run that says nothing about it. */
export const DEFAULT_FLOW: RunFlow = { limits: [], sharedKeys: [], priority: 3, fairnessKey: '', weight: 1 };

/** The limit of all runs of a namespace but child runs. */
export const NAMESPACE_KEY = 'namespace';
/** Most characters of a value within a key. */
export const MAX_KEY_VALUE_CHARS = 256;

/** The limit of all runs of a workflow. */
export function workflowKey(workflowId: string): string {
  return `workflow/${workflowId}`;
}

/** What the flow control of a run depends on. */
export interface FlowFacts {
  readonly namespace: string;
  readonly workflowVersion: number;
  readonly input: JsonValue;
  readonly sessionId: string;
  /** Whether an operator has set a limit for the key. */
  readonly isLimited: (key: string) => boolean;
  /** What the caller asks for instead of the definition's; undefined: nothing. */
  readonly priority?: number | undefined;
  readonly fairnessKey?: string | undefined;
  /** Whether the run runs a graph within a workflow, and not the workflow itself. */
  readonly isBody: boolean;
  /** The run that this one is part of; undefined: it is no child. */
  readonly parent?: { readonly flow: RunFlow | undefined } | undefined;
}

/** An expression of the workflow's flow control does not work on a run's input. */
export class FlowError extends Error {
  override readonly name = 'FlowError';
  /** Such as `concurrency.key`. */
  readonly place: string;

  constructor(place: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.place = place;
  }
}

/**
 * Works out the flow control of a run; undefined where there is none, which costs next to nothing.
 * @throws FlowError
 */
export function runFlow(plan: Plan, facts: FlowFacts): RunFlow | undefined {
  const parent = facts.parent?.flow;
  const operated = operatedKeys(plan, facts);
  const { priority: asked, fairnessKey: askedKey } = facts;
  const isPlain = plan.flow === undefined && parent === undefined && operated.length === 0;
  if (isPlain && asked === undefined && askedKey === undefined) return undefined;
  const scope = scopeOf(plan, facts);
  const sharedKeys = parent === undefined ? [] : [...parent.sharedKeys, ...parent.limits.map(({ key }) => key)];
  const claims = new Map<string, LimitClaim>();
  for (const key of operated) claims.set(key, { key, maxConcurrency: undefined, rate: undefined });
  for (const rule of plan.flow?.limits ?? []) claim(claims, keyOf(rule, plan, scope), rule);
  for (const key of sharedKeys) claims.delete(key);
  const limits = [...claims.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const { priority, fairnessKey, weight } = orderOf(plan, facts, scope, parent ?? DEFAULT_FLOW);
  const isDefault = priority === DEFAULT_FLOW.priority && fairnessKey === '' && weight === 1;
  if (isDefault && limits.length === 0 && sharedKeys.length === 0) return undefined;
  return { limits, sharedKeys, priority, fairnessKey, weight };
}

function operatedKeys(plan: Plan, { isLimited, isBody, parent }: FlowFacts): readonly string[] {
  const keys = [...(parent === undefined ? [NAMESPACE_KEY] : []), ...(isBody ? [] : [workflowKey(plan.workflowId)])];
  return keys.filter((key) => isLimited(key));
}

function claim(claims: Map<string, LimitClaim>, key: string, { maxConcurrency, rate }: LimitRule): void {
  const known = claims.get(key);
  claims.set(key, {
    key,
    maxConcurrency: least(known?.maxConcurrency, maxConcurrency),
    rate: slower(known?.rate, rate),
  });
}

function keyOf({ scope: limitScope, key }: LimitRule, plan: Plan, scope: Scope): string {
  if (key === undefined) return workflowKey(plan.workflowId);
  const value = textIn(key, scope, 'concurrency.key');
  return limitScope === 'namespace' ? `key/${value}` : `${workflowKey(plan.workflowId)}/${value}`;
}

function orderOf(plan: Plan, facts: FlowFacts, scope: Scope, parent: RunFlow) {
  const { flow } = plan;
  const fairnessKey =
    facts.fairnessKey ?? (flow?.fairnessKey && textIn(flow.fairnessKey, scope, 'fairness.key')) ?? parent.fairnessKey;
  const weight = flow?.fairnessKey === undefined ? parent.weight : flow.weight;
  return { priority: facts.priority ?? priorityIn(flow?.priority, scope) ?? parent.priority, fairnessKey, weight };
}

function priorityIn(template: Template | undefined, scope: Scope): number | undefined {
  if (template === undefined) return undefined;
  const value = Number(evaluated(template, scope, 'priority'));
  if (Number.isInteger(value) && value >= 1 && value <= 5) return value;
  throw new FlowError('priority', 'the priority is no whole number from 1 to 5');
}

function textIn(template: Template, scope: Scope, place: string): string {
  const value = evaluated(template, scope, place);
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const text = isPlain ? String(value) : '';
  // A character that Postgres refuses would be refused with the whole run.
  if (text !== '' && text.length <= MAX_KEY_VALUE_CHARS && !text.includes('\0')) return text;
  throw new FlowError(place, `the key is no text or number of 1 to ${MAX_KEY_VALUE_CHARS} characters`);
}

function evaluated(template: Template, scope: Scope, place: string): JsonValue {
  try {
    return template.evaluate(scope);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new FlowError(place, error.message, { cause: error });
  }
}

function scopeOf({ workflowId }: Plan, { input, namespace, sessionId, workflowVersion }: FlowFacts): Scope {
  const run = { workflow_id: workflowId, workflow_version: workflowVersion, namespace, session_id: sessionId };
  return { input, outputs: () => undefined, run };
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function slower(a: RateLimit | undefined, b: RateLimit | undefined): RateLimit | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.limit / a.perMs <= b.limit / b.perMs ? a : b;
}
