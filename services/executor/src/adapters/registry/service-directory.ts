/** Rpc services as the registry has them. */
import { Code, ConnectError, type Client } from '@connectrpc/connect';
import { RpcProtocol, type RpcRegistryService, type RpcService } from '@skein/contracts/registry';
import { describeError, type RemoteProtocol } from '@skein/rpc';
import { FreshCopies } from '../../app/fresh-copies.ts';
import type { RegisteredService, ServiceDirectory } from '../../app/rpc-port.ts';
import { CallError, failed, passing } from '../../domain/call-failure.ts';

const PROTOCOLS: ReadonlyMap<RpcProtocol, RemoteProtocol> = new Map([
  [RpcProtocol.GRPC, 'grpc'],
  [RpcProtocol.CONNECT, 'connect'],
  [RpcProtocol.GRPC_WEB, 'grpc-web'],
]);

/** Reads services one by one, and keeps copies for as long as the registry is away. */
export function serviceDirectory(registry: Client<typeof RpcRegistryService>): ServiceDirectory {
  const copies = new FreshCopies<RegisteredService>({
    async read(namespace, serviceId, signal) {
      const { service } = await registry.getService({ namespace, serviceId }, { signal });
      if (service === undefined) throw new ConnectError('the registry answered without the service', Code.Internal);
      return serviceOf(service);
    },
    isAway: (error) => error instanceof ConnectError && error.code !== Code.NotFound,
    nowMs: () => performance.now(),
  });
  return {
    async find(namespace, serviceId, signal) {
      try {
        return await copies.get(namespace, serviceId, signal);
      } catch (error) {
        throw registryFailure(error, `rpc service ${serviceId}`, signal);
      }
    },
    async descriptorSet({ namespace, serviceId }, signal) {
      try {
        const request = { namespace, serviceId, includeDescriptorSet: true };
        return (await registry.getService(request, { signal })).descriptorSet;
      } catch (error) {
        throw registryFailure(error, `rpc service ${serviceId}`, signal);
      }
    },
  };
}

function serviceOf(service: RpcService): RegisteredService {
  const { namespace, serviceId, addresses, tls, descriptorDigest } = service;
  return {
    namespace,
    serviceId,
    protocol: protocolOf(service),
    addresses,
    tls,
    descriptorDigest: Buffer.from(descriptorDigest).toString('hex'),
  };
}

function protocolOf({ serviceId, protocol }: RpcService): RemoteProtocol {
  const known = PROTOCOLS.get(protocol);
  if (known !== undefined) return known;
  throw passing('SERVICE_UNAVAILABLE', {
    message: `this executor does not speak the protocol of rpc service ${serviceId}`,
    place: `rpc service ${serviceId}`,
    remedy: 'upgrade the executors to the version of the registry',
  });
}

/** What the registry says, as the failure of a task. */
export function registryFailure(error: unknown, place: string, signal: AbortSignal): CallError {
  signal.throwIfAborted();
  if (error instanceof CallError) return error;
  const { code, reason, message, remedy, retryAfterMs } = describeError(error);
  const isFinal = code === Code.NotFound || code === Code.InvalidArgument;
  return failed(reason, !isFinal, { message, place, remedy, retryAfterMs, cause: error });
}
