import type { MethodImpl } from '@connectrpc/connect';
import type { TaskService } from '@skein/contracts/scheduler';
import { runNotFound } from '../app/find-run.ts';
import { lastSeqOf } from '../app/run-history.ts';
import { namespaceOf, pageSizeOf, runIdOf } from './request-fields.ts';
import type { TaskRpcParts } from './task-service.ts';

/** TaskService.GetRunEvents. Answered from the store, so that any scheduler can. */
export function getRunEventsRpc(parts: TaskRpcParts): MethodImpl<typeof TaskService.method.getRunEvents> {
  return async (request) => {
    const namespace = namespaceOf(request.namespace);
    const runId = runIdOf(request.runId);
    const run = await parts.store.runRow(runId);
    if (run === undefined || run.namespace !== namespace) throw runNotFound(namespace, runId);
    const rows = await parts.store.transitionsAfter(runId, Number(request.afterSeq), pageSizeOf(request.pageSize));
    const lastSeq = await lastSeqOf(parts.store, runId);
    const transitions = rows.map(({ firstSeq, eventCount, body }) => ({
      runId,
      firstSeq: BigInt(firstSeq),
      eventCount,
      body: body as Uint8Array<ArrayBuffer>,
    }));
    return { transitions, lastSeq: BigInt(lastSeq), ended: run.endedAtMs !== undefined };
  };
}
