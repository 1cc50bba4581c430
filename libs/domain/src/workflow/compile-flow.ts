import type { ExpressionEnv } from '../expression/expression.ts';
import type { Template } from '../expression/template.ts';
import { templateIn } from './compile-part.ts';
import type { WorkflowDefinition } from './definition.ts';
import { parseDurationMs } from './duration.ts';
import type { ConcurrencyDefinition, LimitScope, RateDefinition } from './flow-definition.ts';
import { badDuration } from './policies.ts';
import type { DocumentPath, ProblemList } from './problem-list.ts';

/** At most `limit` at once, then one every `perMs / limit`. */
export interface RateLimit {
  readonly limit: number;
  readonly perMs: number;
}

/** A limit that the runs of a workflow are under. */
export interface LimitRule {
  readonly scope: LimitScope;
  /** Undefined: all runs of the workflow share it. */
  readonly key: Template | undefined;
  readonly maxConcurrency: number | undefined;
  readonly rate: RateLimit | undefined;
}

/** Flow control of a workflow, ready to be worked out for a run. */
export interface FlowPlan {
  readonly limits: readonly LimitRule[];
  readonly priority: Template | undefined;
  readonly fairnessKey: Template | undefined;
  readonly weight: number;
}

/** Shortest time of a rate. */
export const MIN_RATE_MS = 100;

/** Compiles what a definition says about flow control; undefined where it says nothing. */
export function compileFlow(
  definition: WorkflowDefinition,
  env: ExpressionEnv,
  problems: ProblemList,
): FlowPlan | undefined {
  const { concurrency, rate, priority, fairness } = definition;
  if (concurrency === undefined && rate === undefined && priority === undefined && fairness === undefined) {
    return undefined;
  }
  const template = (text: string | number | undefined, at: DocumentPath) => {
    const compiled = templateIn(text, at, env, problems);
    if (compiled !== undefined && compiled.references.nodes.size > 0) {
      const message = 'no node has an output before the run begins';
      problems.add({ at, code: 'UNKNOWN_REFERENCE', message, mend: 'read `input` or `run`' });
    }
    return compiled;
  };
  const places = new Set<string>();
  const rule = (field: string, given: ConcurrencyDefinition, at: DocumentPath): LimitRule => {
    const { scope = 'workflow', key } = given;
    const place = `${field} ${scope} ${key ?? ''}`;
    if (places.has(place)) problems.add({ at, code: 'DUPLICATE_KEY', message: 'this limit is given twice' });
    places.add(place);
    if (scope === 'namespace' && key === undefined) {
      const mend = 'add a key; limits of a whole namespace are set with `skein limits set namespace`';
      problems.add({ at, code: 'MISSING_FIELD', message: 'a limit of scope `namespace` has no key', mend });
    }
    return { scope, key: template(key, [...at, 'key']), maxConcurrency: undefined, rate: undefined };
  };
  const limits = [
    ...listed(concurrency).map(({ given, at }) => {
      const common = rule('concurrency', given, ['concurrency', ...at]);
      return { ...common, maxConcurrency: given.limit };
    }),
    ...listed(rate).map(({ given, at }) => {
      const place = ['rate', ...at];
      return { ...rule('rate', given, place), rate: rateOf(given, place, problems) };
    }),
  ];
  checkOwnKeys(definition, limits, problems);
  return {
    limits,
    priority: template(priority, ['priority']),
    fairnessKey: template(fairness?.key, ['fairness', 'key']),
    weight: fairness?.weight ?? 1,
  };
}

function listed<T>(given: T | readonly T[] | undefined): readonly { readonly given: T; readonly at: DocumentPath }[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) return [{ given: given as T, at: [] }];
  return (given as readonly T[]).map((it, index) => ({ given: it, at: [index] }));
}

function rateOf({ limit, per }: RateDefinition, at: DocumentPath, problems: ProblemList): RateLimit | undefined {
  const perMs = parseDurationMs(per);
  if (perMs !== undefined && perMs >= MIN_RATE_MS) return { limit, perMs };
  problems.add({ ...badDuration([...at, 'per'], per), mend: `write a duration from ${MIN_RATE_MS}ms to 365d` });
  return undefined;
}

/** A run shares its slots with the runs within it, but only those of the very same keys. */
function checkOwnKeys(definition: WorkflowDefinition, limits: readonly LimitRule[], problems: ProblemList): void {
  const hasOwnKeys = limits.some(({ key, maxConcurrency }) => maxConcurrency !== undefined && key?.constant === false);
  if (!hasOwnKeys) return;
  for (const [index, node] of definition.nodes.entries()) {
    if (node.type !== 'subworkflow' || node.workflow_id !== definition.id) continue;
    problems.add({
      at: ['nodes', index, 'workflow_id'],
      code: 'BAD_VALUE',
      message: 'a workflow limited by a key of its input runs itself: two of its runs could wait for each other',
      mend: 'limit it without a key, or have another workflow call it',
    });
  }
}
