import type { ListServicesRequest } from '@skein/contracts/registry';
import { pageToken, positionOf } from '@skein/rpc';
import type { RpcServiceStore } from '../app/rpc-service-store.ts';
import { namespaceOf, pageSizeOf } from './request-fields.ts';
import { serviceToMessage } from './service-message.ts';
import { Violations } from './violations.ts';

/** RpcRegistryService.ListServices. */
export function listServicesRpc({ services }: { readonly services: RpcServiceStore }) {
  return async (request: ListServicesRequest) => {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    const limit = pageSizeOf(request.pageSize, violations);
    violations.throwIfAny();
    const list = `services/${namespace}`;
    const afterServiceId = positionOf(list, request.pageToken) ?? '';
    const found = await services.list({ namespace, afterServiceId, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const nextPageToken = found.length > limit && last !== undefined ? pageToken(list, last.serviceId) : '';
    return { services: page.map(serviceToMessage), nextPageToken };
  };
}
