import type { MethodImpl } from '@connectrpc/connect';
import type { LimitService } from '@skein/contracts/scheduler';
import { pageToken, positionOf } from '@skein/rpc';
import { namespaceOf, pageSizeOf } from '../request-fields.ts';
import { limitToMessage } from './limit-message.ts';
import type { LimitRpcParts } from './limit-rpc-parts.ts';

/** LimitService.ListLimits. */
export function listLimitsRpc({ limits }: LimitRpcParts): MethodImpl<typeof LimitService.method.listLimits> {
  return async (request) => {
    const namespace = namespaceOf(request.namespace);
    const size = pageSizeOf(request.pageSize);
    const list = `limits/${namespace}`;
    const states = await limits.listLimits(namespace, positionOf(list, request.pageToken) ?? '', size + 1);
    const page = states.slice(0, size);
    const last = page.at(-1);
    const nextPageToken = states.length > size && last !== undefined ? pageToken(list, last.key) : '';
    return { limits: page.map(limitToMessage), nextPageToken };
  };
}
