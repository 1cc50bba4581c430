import { create } from '@bufbuild/protobuf';
import { RpcProtocol, RpcServiceSchema, type RpcService } from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import type { RpcProtocol as ProtocolWord, RpcServiceRecord } from '../domain/rpc-service-record.ts';

const PROTOCOLS: Readonly<Record<ProtocolWord, RpcProtocol>> = {
  GRPC: RpcProtocol.GRPC,
  CONNECT: RpcProtocol.CONNECT,
  GRPC_WEB: RpcProtocol.GRPC_WEB,
};

/** An rpc service for the wire. */
export function serviceToMessage(service: RpcServiceRecord): RpcService {
  const { namespace, serviceId, description, protocol, addresses, tls, descriptors } = service;
  return create(RpcServiceSchema, {
    namespace,
    serviceId,
    description,
    protocol: PROTOCOLS[protocol],
    addresses: [...addresses],
    tls,
    descriptorDigest: descriptors?.digest ?? new Uint8Array(),
    serviceNames: [...(descriptors?.serviceNames ?? [])],
    createdAt: timestampOfMs(service.createdAtMs),
    updatedAt: timestampOfMs(service.updatedAtMs),
  });
}

/** The protocol of a request; undefined: none that this version knows. */
export function rpcProtocolOf(protocol: RpcProtocol): ProtocolWord | undefined {
  if (protocol === RpcProtocol.UNSPECIFIED) return 'GRPC';
  return Object.entries(PROTOCOLS).find(([, message]) => message === protocol)?.[0] as ProtocolWord | undefined;
}
