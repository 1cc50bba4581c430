import type { MethodImpl } from '@connectrpc/connect';
import type { NamespaceService } from '@skein/contracts/scheduler';
import { namespaceOf } from '../request-fields.ts';
import { namespaceToMessage } from './namespace-message.ts';
import type { NamespaceRpcParts } from './namespace-service.ts';

/** NamespaceService.GetNamespace. */
export function getNamespaceRpc({
  namespaces,
  runRetentionMs,
}: NamespaceRpcParts): MethodImpl<typeof NamespaceService.method.getNamespace> {
  return async ({ name }) => {
    const found = await namespaces.get(namespaceOf(name));
    return { namespace: namespaceToMessage(found, runRetentionMs) };
  };
}
