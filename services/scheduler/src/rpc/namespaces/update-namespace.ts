import type { MethodImpl } from '@connectrpc/connect';
import type { NamespaceService } from '@skein/contracts/scheduler';
import { invalidField, namespaceOf } from '../request-fields.ts';
import { changeOf, namespaceToMessage } from './namespace-message.ts';
import type { NamespaceRpcParts } from './namespace-service.ts';

/** NamespaceService.UpdateNamespace. The next round that deletes runs reads it. */
export function updateNamespaceRpc({
  namespaces,
  runRetentionMs,
}: NamespaceRpcParts): MethodImpl<typeof NamespaceService.method.updateNamespace> {
  return async ({ namespace, updateMask }) => {
    if (namespace === undefined) throw invalidField('namespace', 'is required', 'REQUIRED');
    const name = namespaceOf(namespace.name);
    const updated = await namespaces.update(name, changeOf(namespace, updateMask?.paths ?? []));
    return { namespace: namespaceToMessage(updated, runRetentionMs) };
  };
}
