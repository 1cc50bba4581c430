import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { RpcProtocol, RpcRegistryService, RpcServiceSchema, type RpcService } from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import { FIRST_EVENT_MS } from './fake-events.ts';

/** Rpc services, kept in this process; each has one method. */
export function fakeServices(): ServiceBinding {
  const services = new Map<string, RpcService>();
  const find = (serviceId: string): RpcService => {
    const service = services.get(serviceId);
    if (service !== undefined) return service;
    throw skeinError({ reason: 'SERVICE_NOT_FOUND', code: Code.NotFound, message: `no rpc service ${serviceId}` });
  };
  return bind(RpcRegistryService, {
    registerService({ namespace, serviceId, description, protocol, addresses, tls, descriptorSet }) {
      const created = !services.has(serviceId);
      const service = create(RpcServiceSchema, {
        namespace: namespace || 'default',
        serviceId,
        description,
        protocol: protocol || RpcProtocol.GRPC,
        addresses,
        tls,
        descriptorDigest: descriptorSet.slice(0, 1),
        createdAt: timestampOfMs(FIRST_EVENT_MS),
        updatedAt: timestampOfMs(FIRST_EVENT_MS),
      });
      services.set(serviceId, service);
      return { service, created };
    },
    getService: ({ serviceId }) => ({ service: find(serviceId) }),
    listServices: () => ({ services: [...services.values()] }),
    deleteService({ serviceId }) {
      find(serviceId);
      services.delete(serviceId);
      return {};
    },
    listMethods({ serviceId }) {
      find(serviceId);
      return { methods: [{ method: 'a.B/C', inputType: 'a.In', outputType: 'a.Out', streaming: false }] };
    },
  });
}
