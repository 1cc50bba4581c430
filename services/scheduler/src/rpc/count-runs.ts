import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import { CountRunsResponseSchema, type RunService } from '@skein/contracts/scheduler';
import { isTexts, type SearchAttribute } from '@skein/domain';
import type { RunStore } from '../app/run-store.ts';
import { mentions } from '../domain/filter/filter.ts';
import { namespaceOf } from './request-fields.ts';
import { filterOf, groupingOf } from './run-filter.ts';

/** RunService.CountRuns. */
export function countRunsRpc({
  store,
}: {
  readonly store: Pick<RunStore, 'countRuns'>;
}): MethodImpl<typeof RunService.method.countRuns> {
  return async (request) => {
    const filter = filterOf(request.filter);
    const includeChildren = request.includeChildren || (filter !== undefined && mentions(filter, 'parent_run_id'));
    const selection = { namespace: namespaceOf(request.namespace), filter, includeChildren };
    const { count, groups } = await store.countRuns(selection, groupingOf(request.groupBy));
    return create(CountRunsResponseSchema, {
      count: BigInt(count),
      groups: groups.map((group) => ({ value: wordOf(group.value), count: BigInt(group.count) })),
    });
  };
}

function wordOf(value: SearchAttribute | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && !isTexts(value)) return new Date(value.timestampMs).toISOString();
  return JSON.stringify(value);
}
