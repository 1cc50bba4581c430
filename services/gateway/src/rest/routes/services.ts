import { RpcMethodSchema, RpcProtocolSchema, RpcServiceSchema, type RpcProtocol } from '@skein/contracts/registry';
import { invalidField } from '../../errors/invalid-request.ts';
import { enumNumber, enumWords } from '../../presentation/enum-word.ts';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pageOf, pageQuery, pageSchema, pathParams, query } from '../route-schema.ts';
import type { NamespaceQuery, PageQuery } from '../route-schema.ts';

interface ServiceParams {
  readonly service_id: string;
}

interface RegisterBody {
  readonly service_id: string;
  readonly description?: string;
  readonly protocol?: string;
  readonly addresses: readonly string[];
  readonly tls?: boolean;
  readonly descriptor_set?: string;
}

const PARAMS = pathParams({ service_id: 'The rpc service.' });
const PROTOCOLS = enumWords(RpcProtocolSchema);
/** A descriptor set of 4 MiB in base64, and room for the rest. */
const BODY_LIMIT_BYTES = 6 * 1024 * 1024;

const BODY = {
  ...fields(
    {
      service_id: { type: 'string', description: 'Identity, `[A-Za-z0-9_.-]{1,128}`.' },
      description: { type: 'string', description: 'What it is good for.' },
      protocol: {
        type: 'string',
        enum: [...PROTOCOLS, ...PROTOCOLS.map((word) => word.toLowerCase())],
        description: 'How it is spoken to. Default: GRPC.',
      },
      addresses: { type: 'array', items: { type: 'string' }, description: '`host:port` of each server, 1 to 64.' },
      tls: { type: 'boolean', description: 'Whether it speaks TLS. Default: no.' },
      descriptor_set: {
        type: 'string',
        description:
          'A google.protobuf.FileDescriptorSet with all imports, in base64, of 4 MiB at most. Default: its server is asked.',
      },
    },
    ['service_id', 'addresses'],
  ),
  examples: [{ service_id: 'inventory', addresses: ['127.0.0.1:9100'] }],
};

/** `POST` and `GET /api/v1/services`, `GET` and `DELETE /api/v1/services/:service_id`, and its methods. */
export function serviceRoutes(app: RestApp, { services }: Clients): void {
  app.route<{ Querystring: NamespaceQuery; Body: RegisterBody }>({
    method: 'POST',
    url: '/api/v1/services',
    bodyLimit: BODY_LIMIT_BYTES,
    schema: {
      operationId: 'registerService',
      tags: ['services'],
      summary: 'Register an rpc service, or change it',
      description: 'The same service_id again replaces all that is known about it.',
      querystring: query(),
      body: BODY,
      response: answers({
        200: { ...ref('RpcService'), description: 'The service was known and has been changed.' },
        201: { ...ref('RpcService'), description: 'The service is registered.' },
      }),
    },
    async handler(request, reply) {
      const { service_id: serviceId, description = '', protocol, addresses, tls = false } = request.body;
      const { service, created } = await services.registerService(
        {
          namespace: request.query.namespace ?? '',
          serviceId,
          description,
          protocol: enumNumber(RpcProtocolSchema, protocol) as RpcProtocol,
          addresses: [...addresses],
          tls,
          descriptorSet: bytesOf('descriptor_set', request.body.descriptor_set ?? ''),
        },
        callOptions(request),
      );
      if (service === undefined) throw new Error('the registry answered without the service');
      reply.status(created ? 201 : 200).header('location', `/api/v1/services/${service.serviceId}`);
      return present(RpcServiceSchema, service);
    },
  });

  app.route<{ Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/services',
    schema: {
      operationId: 'listServices',
      tags: ['services'],
      summary: 'List rpc services in the order of their ids',
      querystring: pageQuery(),
      response: answers({ 200: pageSchema('services', 'RpcService', 'A page of rpc services.') }),
    },
    async handler(request) {
      const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const listed = await services.listServices({ namespace, pageSize, pageToken }, callOptions(request));
      const items = listed.services.map((service) => present(RpcServiceSchema, service));
      return pageOf('services', items, listed.nextPageToken);
    },
  });

  app.route<{ Params: ServiceParams; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/services/:service_id',
    schema: {
      operationId: 'getService',
      tags: ['services'],
      summary: 'Get an rpc service',
      params: PARAMS,
      querystring: query(),
      response: answers({ 200: { ...ref('RpcService'), description: 'The service.' } }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const { service_id: serviceId } = request.params;
      const { service } = await services.getService({ namespace, serviceId }, callOptions(request));
      if (service === undefined) throw new Error('the registry answered without the service');
      return present(RpcServiceSchema, service);
    },
  });

  app.route<{ Params: ServiceParams; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/services/:service_id/methods',
    schema: {
      operationId: 'listMethods',
      tags: ['services'],
      summary: 'List the methods of an rpc service',
      params: PARAMS,
      querystring: query(),
      response: answers({ 200: pageSchema('methods', 'RpcMethod', 'All of its methods, by name.') }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const { service_id: serviceId } = request.params;
      const { methods } = await services.listMethods({ namespace, serviceId }, callOptions(request));
      return { methods: methods.map((method) => present(RpcMethodSchema, method)) };
    },
  });

  app.route<{ Params: ServiceParams; Querystring: NamespaceQuery }>({
    method: 'DELETE',
    url: '/api/v1/services/:service_id',
    schema: {
      operationId: 'deleteService',
      tags: ['services'],
      summary: 'Forget an rpc service',
      params: PARAMS,
      querystring: query(),
      response: answers({ 204: { type: 'null', description: 'The service is forgotten.' } }),
    },
    async handler(request, reply) {
      const { namespace = '' } = request.query;
      await services.deleteService({ namespace, serviceId: request.params.service_id }, callOptions(request));
      return reply.status(204).send();
    },
  });
}

function bytesOf(field: string, base64: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw invalidField(field, 'give base64');
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
