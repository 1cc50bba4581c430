import type { DeleteServiceRequest } from '@skein/contracts/registry';
import { ServiceNotFoundError } from '../app/registry-errors.ts';
import type { RpcServiceStore } from '../app/rpc-service-store.ts';
import { serviceKeyOf } from './service-fields.ts';

/** RpcRegistryService.DeleteService. */
export function deleteServiceRpc({ services }: { readonly services: RpcServiceStore }) {
  return async (request: DeleteServiceRequest) => {
    const key = serviceKeyOf(request);
    if (!(await services.remove(key))) throw new ServiceNotFoundError(key);
    return {};
  };
}
