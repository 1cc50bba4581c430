import type { MethodImpl } from '@connectrpc/connect';
import type { RunService } from '@skein/contracts/scheduler';
import { pageToken, positionOf } from '@skein/rpc';
import { mentions } from '../domain/filter/filter.ts';
import { untilKnown } from '../app/known-seq.ts';
import { bounded, invalidField, labelsOf, minSeqOf, namespaceOf, pageSizeOf, runIdOf } from './request-fields.ts';
import { filterOf } from './run-filter.ts';
import { rowToMessage, statusOfMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';

const MAX_KNOWN = 100;

/** RunService.ListRuns. */
export function listRunsRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.listRuns> {
  return async (request) => {
    const namespace = namespaceOf(request.namespace);
    const limit = pageSizeOf(request.pageSize);
    const list = `runs/${namespace}`;
    const beforeRunId = positionOf(list, request.pageToken);
    const statuses = request.states.flatMap((state) => statusOfMessage(state) ?? []);
    // States that are none match nothing, rather than everything.
    if (request.states.length > 0 && statuses.length === 0) return { runs: [] };
    if (request.known.length > MAX_KNOWN) throw invalidField('known', `give at most ${MAX_KNOWN}`);
    const known = request.known.map((it) => ({ runId: runIdOf(it.runId), seq: minSeqOf('known.seq', it.seq) }));
    const filter = filterOf(request.filter);
    await untilKnown(parts.store, known);
    const rows = await parts.store.listRuns({
      namespace,
      workflowId: request.workflowId === '' ? undefined : bounded('workflow_id', request.workflowId, 128),
      statuses,
      labels: labelsOf(request.labels),
      parentRunId: request.parentRunId === '' ? undefined : runIdOf(request.parentRunId),
      includeChildren: request.includeChildren || (filter !== undefined && mentions(filter, 'parent_run_id')),
      filter,
      limit: limit + 1,
      beforeRunId,
    });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const nextPageToken = rows.length > limit && last !== undefined ? pageToken(list, last.runId) : '';
    return { runs: page.map(rowToMessage), nextPageToken };
  };
}
