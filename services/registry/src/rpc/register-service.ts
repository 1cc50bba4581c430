import type { RegisterServiceRequest } from '@skein/contracts/registry';
import type { RpcServiceStore } from '../app/rpc-service-store.ts';
import { serviceRegistrationOf } from './service-fields.ts';
import { serviceToMessage } from './service-message.ts';

/** RpcRegistryService.RegisterService. */
export function registerServiceRpc({ services }: { readonly services: RpcServiceStore }) {
  return async (request: RegisterServiceRequest) => {
    const { key, details } = serviceRegistrationOf(request);
    const { service, created } = await services.put(key, details);
    return { service: serviceToMessage(service), created };
  };
}
