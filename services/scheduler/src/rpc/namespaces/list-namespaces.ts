import type { MethodImpl } from '@connectrpc/connect';
import type { NamespaceService } from '@skein/contracts/scheduler';
import { pageToken, positionOf } from '@skein/rpc';
import { pageSizeOf } from '../request-fields.ts';
import { namespaceToMessage } from './namespace-message.ts';
import type { NamespaceRpcParts } from './namespace-service.ts';

const LIST = 'namespaces';

/** NamespaceService.ListNamespaces. */
export function listNamespacesRpc({
  namespaces,
  runRetentionMs,
}: NamespaceRpcParts): MethodImpl<typeof NamespaceService.method.listNamespaces> {
  return async (request) => {
    const size = pageSizeOf(request.pageSize);
    const found = await namespaces.list(positionOf(LIST, request.pageToken) ?? '', size + 1);
    const page = found.slice(0, size);
    const last = page.at(-1);
    const nextPageToken = found.length > size && last !== undefined ? pageToken(LIST, last.name) : '';
    return { namespaces: page.map((it) => namespaceToMessage(it, runRetentionMs)), nextPageToken };
  };
}
