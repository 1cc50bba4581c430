/**
 * Filters as SQL. Only names of columns and operators stand in the text; every value and every name that people give is
 * a parameter. Says the same as domain/filter/matches.ts (testing/run-store/filters.contract.ts).
 *
 * Where a run does not have a field, a term is null: as good as false, but under `not`, where it is made false.
 */
import type { RunColumn } from '../../domain/filter/columns.ts';
import type { AmongTerm, FilterTerm, FilterValue, OrderTerm, RunFilter } from '../../domain/filter/filter.ts';

/** Adds a parameter and answers with its placeholder. */
export type Bind = (value: unknown) => string;

const COLUMNS: Record<RunColumn, { readonly sql: string; readonly type: string; readonly absent?: string }> = {
  run_id: { sql: 'run_id', type: 'uuid' },
  state: { sql: 'status', type: 'text' },
  workflow_id: { sql: 'workflow_id', type: 'text' },
  workflow_version: { sql: 'workflow_version', type: 'numeric' },
  created_at: { sql: 'created_at', type: 'timestamptz' },
  ended_at: { sql: 'ended_at', type: 'timestamptz' },
  duration_ms: { sql: '(extract(epoch from ended_at - created_at) * 1000)', type: 'numeric' },
  session_id: { sql: 'session_id', type: 'text', absent: "session_id = ''" },
  parent_run_id: { sql: 'parent_run_id', type: 'uuid' },
  failure_code: { sql: 'failure_code', type: 'text' },
  failed_node_id: { sql: 'failed_node_id', type: 'text' },
};

/** The condition that a filter is. */
export function filterSql(filter: RunFilter, bind: Bind, isNegated = false): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.parts.map((part) => filterSql(part, bind, isNegated)).join(` ${filter.kind} `)})`;
    case 'not':
      return `(not ${filterSql(filter.part, bind, true)})`;
    default: {
      const term = termSql(filter, bind);
      return isNegated ? `coalesce(${term}, false)` : `(${term})`;
    }
  }
}

function termSql(term: FilterTerm, bind: Bind): string {
  const { field } = term;
  switch (field.kind) {
    case 'column':
      return columnSql(term, COLUMNS[field.column], bind);
    case 'label':
      return labelSql(term, field.name, bind);
    case 'attribute':
      return attributeSql(term, field.name, bind);
  }
}

function columnSql(term: FilterTerm, { sql, type, absent }: (typeof COLUMNS)[RunColumn], bind: Bind): string {
  const isThere = absent === undefined ? '' : `not (${absent}) and `;
  switch (term.kind) {
    case 'absent':
      return absent ?? `${sql} is null`;
    case 'among': {
      const values = term.values.map((value) => valueSql(value, type, bind)).join(', ');
      if (term.negated) return `${isThere}${sql} not in (${values})`;
      return `${sql} in (${values})${impliedSql(term)}`;
    }
    case 'order': {
      const collation = type === 'text' ? ' collate "C"' : '';
      return `${isThere}${sql}${collation} ${term.operator} ${valueSql(term.value, type, bind)}`;
    }
    case 'prefix':
      return `${isThere}starts_with(${sql}, ${bind(term.prefix)}::text)`;
  }
}

function labelSql(term: FilterTerm, name: string, bind: Bind): string {
  switch (term.kind) {
    case 'absent':
      return `not labels ? ${bind(name)}::text`;
    case 'among':
      return containment('labels', name, term, (value) => [value], bind);
    case 'order':
      return `(labels ->> ${bind(name)}::text) collate "C" ${term.operator} ${bind(term.value)}::text`;
    case 'prefix':
      return `starts_with(labels ->> ${bind(name)}::text, ${bind(term.prefix)}::text)`;
  }
}

function attributeSql(term: FilterTerm, name: string, bind: Bind): string {
  switch (term.kind) {
    case 'absent':
      return `not search_attributes ? ${bind(name)}::text`;
    case 'among': {
      const forms = (value: FilterValue) => (typeof value === 'string' ? [value, [value]] : [value]);
      return containment('search_attributes', name, term, forms, bind);
    }
    case 'order':
      return attributeOrderSql(term, name, bind);
    case 'prefix':
      return `${typed(name, 'string', bind)} and starts_with(search_attributes ->> ${bind(name)}::text, ${bind(term.prefix)}::text)`;
  }
}

/** By containment, which the indexes answer. */
function containment(
  column: 'labels' | 'search_attributes',
  name: string,
  { values, negated }: AmongTerm,
  forms: (value: FilterValue) => readonly unknown[],
  bind: Bind,
): string {
  const any = values
    .flatMap(forms)
    .map((form) => `${column} @> ${bind(JSON.stringify({ [name]: form }))}::jsonb`)
    .join(' or ');
  // The indexes hold no run without any.
  return negated ? `${column} ? ${bind(name)}::text and not (${any})` : `${column} <> '{}' and (${any})`;
}

/** Numbers in the order of jsonb, which is exact; texts in that of their bytes. */
function attributeOrderSql({ operator, value }: OrderTerm, name: string, bind: Bind): string {
  if (typeof value === 'string') {
    const text = `(search_attributes ->> ${bind(name)}::text) collate "C"`;
    return `${typed(name, 'string', bind)} and ${text} ${operator} ${bind(value)}::text`;
  }
  const number = typeof value === 'object' ? value.timestampMs : value;
  const within = typeof value === 'object' ? " -> 'timestampMs'" : '';
  const path = `search_attributes -> ${bind(name)}::text${within}`;
  return `jsonb_typeof(${path}) = 'number' and ${path} ${operator} ${bind(JSON.stringify(number))}::jsonb`;
}

function typed(name: string, type: 'string', bind: Bind): string {
  return `jsonb_typeof(search_attributes -> ${bind(name)}::text) = '${type}'`;
}

function valueSql(value: FilterValue, type: string, bind: Bind): string {
  // Not as text: Postgres writes years before 1 and after 9999 in another way.
  return typeof value === 'object'
    ? `to_timestamp(${bind(value.timestampMs)}::float8 / 1000)`
    : `${bind(value)}::${type}`;
}

/** What Postgres cannot know, and finds open runs by. */
function impliedSql({ field, values }: AmongTerm): string {
  const areOpen = field.kind === 'column' && field.column === 'state' && values.every((word) => OPEN.has(word));
  return areOpen ? ' and ended_at is null' : '';
}

const OPEN: ReadonlySet<FilterValue> = new Set(['CREATED', 'RUNNING', 'WAITING', 'PAUSED', 'FAILING', 'CANCELLING']);
