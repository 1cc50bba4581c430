import { create } from '@bufbuild/protobuf';
import { NamespaceSchema, NamespaceService, type Namespace } from '@skein/contracts/scheduler';
import { bind, type ServiceBinding } from '@skein/rpc';

/** Namespaces that remember what they are told, and the masks they were told it with. */
export function fakeNamespaces(masks: string[][] = []): ServiceBinding {
  const namespaces = new Map<string, Namespace>();
  const found = (name: string) => namespaces.get(name) ?? create(NamespaceSchema, { name });
  return bind(NamespaceService, {
    getNamespace: ({ name }) => ({ namespace: found(name) }),
    listNamespaces: () => ({ namespaces: [...namespaces.values()] }),
    updateNamespace: ({ namespace, updateMask }) => {
      masks.push(updateMask?.paths ?? []);
      if (namespace !== undefined) namespaces.set(namespace.name, namespace);
      return { namespace: found(namespace?.name ?? '') };
    },
  });
}
