import type { MethodImpl } from '@connectrpc/connect';
import type { ScheduleService } from '@skein/contracts/scheduler';
import { pageToken, positionOf } from '@skein/rpc';
import { namespaceOf, pageSizeOf } from '../request-fields.ts';
import { scheduleToListed } from './schedule-message.ts';
import { endedOf, type ScheduleRpcParts } from './schedule-rpc-parts.ts';

/** ScheduleService.ListSchedules. */
export function listSchedulesRpc(parts: ScheduleRpcParts): MethodImpl<typeof ScheduleService.method.listSchedules> {
  return async (request) => {
    const namespace = namespaceOf(request.namespace);
    const limit = pageSizeOf(request.pageSize);
    const list = `schedules/${namespace}`;
    const rows = await parts.store.list(namespace, positionOf(list, request.pageToken) ?? '', limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const ended = await endedOf(parts, page);
    const nextPageToken = rows.length > limit && last !== undefined ? pageToken(list, last.scheduleId) : '';
    return { schedules: page.map((row) => scheduleToListed(row, ended)), nextPageToken };
  };
}
