import type { GetServiceRequest } from '@skein/contracts/registry';
import { ServiceNotFoundError } from '../app/registry-errors.ts';
import type { RpcServiceStore } from '../app/rpc-service-store.ts';
import { serviceKeyOf } from './service-fields.ts';
import { serviceToMessage } from './service-message.ts';

/** RpcRegistryService.GetService. */
export function getServiceRpc({ services }: { readonly services: RpcServiceStore }) {
  return async (request: GetServiceRequest) => {
    const key = serviceKeyOf(request);
    const service = await services.get(key);
    if (service === undefined) throw new ServiceNotFoundError(key);
    const set = request.includeDescriptorSet ? await services.descriptorSet(key) : undefined;
    return {
      service: serviceToMessage(service),
      ...(set === undefined ? {} : { descriptorSet: set as Uint8Array<ArrayBuffer> }),
    };
  };
}
