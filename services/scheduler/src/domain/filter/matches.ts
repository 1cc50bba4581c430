import { isTexts, type SearchAttribute } from '@skein/domain';
import type { RunColumn } from './columns.ts';
import type { FilterField, FilterTerm, FilterValue, OrderOperator, RunFilter } from './filter.ts';

/** What a filter looks at. */
export interface FilterableRun {
  readonly runId: string;
  readonly status: string;
  readonly workflowId: string;
  readonly workflowVersion: number;
  readonly createdAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly sessionId: string;
  readonly parent: { readonly runId: string } | undefined;
  readonly failureCode: string | undefined;
  readonly failedNodeId: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly searchAttributes: Readonly<Record<string, SearchAttribute>>;
}

/** Whether a filter holds for a run. Postgres answers the same (adapters/postgres/filter-sql.ts). */
export function matchesFilter(filter: RunFilter, run: FilterableRun): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, run));
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, run));
    case 'not':
      return !matchesFilter(filter.part, run);
    default:
      return termHolds(filter, valueOf(filter.field, run));
  }
}

function termHolds(term: FilterTerm, value: SearchAttribute | undefined): boolean {
  if (value === undefined || term.kind === 'absent') return term.kind === 'absent' && value === undefined;
  switch (term.kind) {
    case 'among':
      return term.values.some((wanted) => isOrHas(value, wanted)) !== term.negated;
    case 'prefix':
      return typeof value === 'string' && value.startsWith(term.prefix);
    case 'order':
      return inOrder(value, term.operator, term.value);
  }
}

function isOrHas(value: SearchAttribute, wanted: FilterValue): boolean {
  if (typeof wanted === 'object') return isTime(value) && value.timestampMs === wanted.timestampMs;
  return value === wanted || (typeof value === 'object' && isTexts(value) && value.some((text) => text === wanted));
}

function inOrder(value: SearchAttribute, operator: OrderOperator, bound: Exclude<FilterValue, boolean>): boolean {
  const difference = differenceOf(value, bound);
  switch (operator) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
}

/** NaN, which is in no order, between values of different types. */
function differenceOf(value: SearchAttribute, bound: Exclude<FilterValue, boolean>): number {
  if (typeof bound === 'object') return isTime(value) ? value.timestampMs - bound.timestampMs : Number.NaN;
  if (typeof bound === 'number') return typeof value === 'number' ? Math.sign(value - bound) : Number.NaN;
  // The order of UTF-8 is that of code points.
  return typeof value === 'string' ? Buffer.compare(Buffer.from(value), Buffer.from(bound)) : Number.NaN;
}

function isTime(value: SearchAttribute): value is { readonly timestampMs: number } {
  return typeof value === 'object' && !isTexts(value);
}

function valueOf(field: FilterField, run: FilterableRun): SearchAttribute | undefined {
  switch (field.kind) {
    case 'column':
      return columnOf(run, field.column);
    case 'label':
      return ownOf(run.labels, field.name);
    case 'attribute':
      return ownOf(run.searchAttributes, field.name);
  }
}

function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function columnOf(run: FilterableRun, column: RunColumn): SearchAttribute | undefined {
  const { createdAtMs, endedAtMs } = run;
  switch (column) {
    case 'run_id':
      return run.runId;
    case 'state':
      return run.status;
    case 'workflow_id':
      return run.workflowId;
    case 'workflow_version':
      return run.workflowVersion;
    case 'created_at':
      return { timestampMs: createdAtMs };
    case 'ended_at':
      return endedAtMs === undefined ? undefined : { timestampMs: endedAtMs };
    case 'duration_ms':
      return endedAtMs === undefined ? undefined : endedAtMs - createdAtMs;
    case 'session_id':
      return run.sessionId === '' ? undefined : run.sessionId;
    case 'parent_run_id':
      return run.parent?.runId;
    case 'failure_code':
      return run.failureCode;
    case 'failed_node_id':
      return run.failedNodeId;
  }
}
