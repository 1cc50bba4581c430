import type { HandlerContext } from '@connectrpc/connect';
import type { ListMethodsRequest } from '@skein/contracts/registry';
import { methodName, methodsOf } from '@skein/rpc';
import { descriptorsOf, type MethodParts } from '../app/list-methods.ts';
import { serviceKeyOf } from './service-fields.ts';

/** RpcRegistryService.ListMethods. */
export function listMethodsRpc(parts: MethodParts) {
  return async (request: ListMethodsRequest, { signal }: HandlerContext) => {
    const registry = await descriptorsOf(parts, serviceKeyOf(request), signal);
    const methods = methodsOf(registry).map((method) => ({
      method: methodName(method),
      inputType: method.input.typeName,
      outputType: method.output.typeName,
      streaming: method.methodKind !== 'unary',
    }));
    return { methods };
  };
}
