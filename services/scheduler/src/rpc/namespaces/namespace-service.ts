import type { ServiceImpl } from '@connectrpc/connect';
import type { NamespaceService } from '@skein/contracts/scheduler';
import type { NamespaceStore } from '../../app/retention/namespaces.ts';
import { getNamespaceRpc } from './get-namespace.ts';
import { listNamespacesRpc } from './list-namespaces.ts';
import { updateNamespaceRpc } from './update-namespace.ts';

/** What the RPCs about namespaces are made of. Any scheduler answers them. */
export interface NamespaceRpcParts {
  readonly namespaces: NamespaceStore;
  /** What counts where a namespace does not say, in milliseconds. */
  readonly runRetentionMs: number;
}

/** skein.scheduler.v1.NamespaceService. */
export function namespaceService(parts: NamespaceRpcParts): ServiceImpl<typeof NamespaceService> {
  return {
    getNamespace: getNamespaceRpc(parts),
    listNamespaces: listNamespacesRpc(parts),
    updateNamespace: updateNamespaceRpc(parts),
  };
}
