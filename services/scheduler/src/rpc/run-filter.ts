import { Code } from '@connectrpc/connect';
import { isSearchAttributeName } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import type { RunGrouping } from '../app/run-store.ts';
import { FilterError } from '../domain/filter/filter-error.ts';
import type { RunFilter } from '../domain/filter/filter.ts';
import { parseFilter } from '../domain/filter/parse-filter.ts';
import { invalidField } from './request-fields.ts';

/** The filter of a request; undefined where none is given. @throws INVALID_FIELD, whose place ends with the column */
export function filterOf(filter: string): RunFilter | undefined {
  if (filter.trim() === '') return undefined;
  try {
    return parseFilter(filter);
  } catch (error) {
    throw error instanceof FilterError ? invalidFilter(error) : error;
  }
}

/** What runs are counted by; undefined: in all alone. */
export function groupingOf(groupBy: string): RunGrouping | undefined {
  if (groupBy === '') return undefined;
  if (groupBy === 'state' || groupBy === 'workflow_id') return { kind: groupBy };
  const [prefix, name = '', ...more] = groupBy.split('.');
  if (prefix === 'attr' && isSearchAttributeName(name) && more.length === 0) return { kind: 'attribute', name };
  throw invalidField('group_by', 'give `state`, `workflow_id` or `attr.NAME`');
}

function invalidFilter({ column, message, mend }: FilterError) {
  const description = `${message}, at column ${column}`;
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: `filter: ${description}`,
    place: `filter:${column}`,
    remedy: mend === '' ? 'docs/finding-runs.md has the language of filters' : mend,
    violations: [
      { field: 'filter', description: mend === '' ? description : `${description}; ${mend}`, reason: 'INVALID_VALUE' },
    ],
  });
}
