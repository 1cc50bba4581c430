import type { ServiceImpl } from '@connectrpc/connect';
import type { RpcRegistryService } from '@skein/contracts/registry';
import type { MethodParts } from '../app/list-methods.ts';
import { typedAnswer, type OnDefect } from './answer-errors.ts';
import { deleteServiceRpc } from './delete-service.ts';
import { getServiceRpc } from './get-service.ts';
import { listMethodsRpc } from './list-methods.ts';
import { listServicesRpc } from './list-services.ts';
import { registerServiceRpc } from './register-service.ts';

/** What the RPCs about rpc services are made of. */
export interface ServiceRpcParts extends MethodParts {
  readonly onDefect: OnDefect;
}

/** skein.registry.v1.RpcRegistryService. */
export function rpcRegistryService(parts: ServiceRpcParts): ServiceImpl<typeof RpcRegistryService> {
  const { onDefect } = parts;
  return {
    registerService: typedAnswer('RegisterService', onDefect, registerServiceRpc(parts)),
    getService: typedAnswer('GetService', onDefect, getServiceRpc(parts)),
    listServices: typedAnswer('ListServices', onDefect, listServicesRpc(parts)),
    deleteService: typedAnswer('DeleteService', onDefect, deleteServiceRpc(parts)),
    listMethods: typedAnswer('ListMethods', onDefect, listMethodsRpc(parts)),
  };
}
