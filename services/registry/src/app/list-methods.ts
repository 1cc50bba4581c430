import type { FileRegistry } from '@bufbuild/protobuf';
import { readDescriptorSet } from '@skein/rpc';
import type { RpcServiceKey, RpcServiceRecord } from '../domain/rpc-service-record.ts';
import { ServiceNotFoundError } from './registry-errors.ts';
import type { RpcServiceStore } from './rpc-service-store.ts';

/** What telling methods takes. */
export interface MethodParts {
  readonly services: RpcServiceStore;
  /** Asks a server what it serves. @throws MethodsUnknownError */
  readonly reflect: (service: RpcServiceRecord, signal: AbortSignal) => Promise<FileRegistry>;
}

/**
 * The descriptors of an rpc service: those that were uploaded, else those that its server tells of now.
 * @throws ServiceNotFoundError, MethodsUnknownError
 */
export async function descriptorsOf(
  { services, reflect }: MethodParts,
  key: RpcServiceKey,
  signal: AbortSignal,
): Promise<FileRegistry> {
  const service = await services.get(key);
  if (service === undefined) throw new ServiceNotFoundError(key);
  const uploaded = service.descriptors === undefined ? undefined : await services.descriptorSet(key);
  return uploaded === undefined ? reflect(service, signal) : readDescriptorSet(uploaded);
}
