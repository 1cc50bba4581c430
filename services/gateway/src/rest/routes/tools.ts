import { InputPlaceSchema, ToolSchema, type InputPlace } from '@skein/contracts/registry';
import type { JsonObject } from '@bufbuild/protobuf';
import { enumNumber, enumWords } from '../../presentation/enum-word.ts';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pageOf, pageQuery, pageSchema, pathParams, query } from '../route-schema.ts';
import type { NamespaceQuery, PageQuery } from '../route-schema.ts';

interface ToolParams {
  readonly tool_id: string;
}

interface HttpBody {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly input_place?: string;
}

interface RegisterBody {
  readonly tool_id: string;
  readonly description?: string;
  readonly input_schema?: JsonObject;
  readonly output_schema?: JsonObject;
  readonly http?: HttpBody;
  readonly rpc?: { readonly service_id: string; readonly method: string };
}

const PARAMS = pathParams({ tool_id: 'The tool.' });
const PLACES = enumWords(InputPlaceSchema);
const SCHEMA = { type: 'object', additionalProperties: true };

const HTTP = {
  ...fields(
    {
      method: { type: 'string', description: '`GET`, `POST`, `PUT`, `PATCH` or `DELETE`.' },
      url: { type: 'string', description: 'URL; `{name}` in its path is that member of the input.' },
      headers: { type: 'object', additionalProperties: { type: 'string' }, description: 'Sent with every request.' },
      input_place: {
        type: 'string',
        enum: [...PLACES, ...PLACES.map((word) => word.toLowerCase())],
        description: 'Where the rest of the input goes. Default: the body where the method has one, else the query.',
      },
    },
    ['method', 'url'],
  ),
  description: 'A tool that is an HTTP request.',
};

const RPC = {
  ...fields(
    {
      service_id: { type: 'string', description: 'The rpc service.' },
      method: { type: 'string', description: '`package.Service/Method`.' },
    },
    ['service_id', 'method'],
  ),
  description: 'A tool that is a method of an rpc service.',
};

const BODY = {
  ...fields(
    {
      tool_id: { type: 'string', description: 'Identity, `[A-Za-z0-9_.-]{1,128}`.' },
      description: { type: 'string', description: 'What it does.' },
      input_schema: { ...SCHEMA, description: 'JSON Schema of its input. Default: any JSON.' },
      output_schema: { ...SCHEMA, description: 'JSON Schema of its output. Default: any JSON.' },
      http: HTTP,
      rpc: RPC,
    },
    ['tool_id'],
  ),
  oneOf: [{ required: ['http'] }, { required: ['rpc'] }],
  examples: [{ tool_id: 'weather', http: { method: 'GET', url: 'http://127.0.0.1:9200/weather/{city}' } }],
};

/** `POST` and `GET /api/v1/tools`, `GET` and `DELETE /api/v1/tools/:tool_id`. */
export function toolRoutes(app: RestApp, { tools }: Clients): void {
  app.route<{ Querystring: NamespaceQuery; Body: RegisterBody }>({
    method: 'POST',
    url: '/api/v1/tools',
    schema: {
      operationId: 'registerTool',
      tags: ['tools'],
      summary: 'Register a tool, or change it',
      description: 'The same tool_id again replaces all that is known about it.',
      querystring: query(),
      body: BODY,
      response: answers({
        200: { ...ref('Tool'), description: 'The tool was known and has been changed.' },
        201: { ...ref('Tool'), description: 'The tool is registered.' },
      }),
    },
    async handler(request, reply) {
      const {
        tool_id: toolId,
        description = '',
        input_schema: inputSchema,
        output_schema: outputSchema,
      } = request.body;
      const { tool, created } = await tools.registerTool(
        {
          tool: {
            namespace: request.query.namespace ?? '',
            toolId,
            description,
            ...(inputSchema === undefined ? {} : { inputSchema }),
            ...(outputSchema === undefined ? {} : { outputSchema }),
            kind: kindOf(request.body),
          },
        },
        callOptions(request),
      );
      if (tool === undefined) throw new Error('the registry answered without the tool');
      reply.status(created ? 201 : 200).header('location', `/api/v1/tools/${tool.toolId}`);
      return present(ToolSchema, tool);
    },
  });

  app.route<{ Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/tools',
    schema: {
      operationId: 'listTools',
      tags: ['tools'],
      summary: 'List tools in the order of their ids',
      querystring: pageQuery(),
      response: answers({ 200: pageSchema('tools', 'Tool', 'A page of tools.') }),
    },
    async handler(request) {
      const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const listed = await tools.listTools({ namespace, pageSize, pageToken }, callOptions(request));
      const items = listed.tools.map((tool) => present(ToolSchema, tool));
      return pageOf('tools', items, listed.nextPageToken);
    },
  });

  app.route<{ Params: ToolParams; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/tools/:tool_id',
    schema: {
      operationId: 'getTool',
      tags: ['tools'],
      summary: 'Get a tool',
      params: PARAMS,
      querystring: query(),
      response: answers({ 200: { ...ref('Tool'), description: 'The tool.' } }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const { tool } = await tools.getTool({ namespace, toolId: request.params.tool_id }, callOptions(request));
      if (tool === undefined) throw new Error('the registry answered without the tool');
      return present(ToolSchema, tool);
    },
  });

  app.route<{ Params: ToolParams; Querystring: NamespaceQuery }>({
    method: 'DELETE',
    url: '/api/v1/tools/:tool_id',
    schema: {
      operationId: 'deleteTool',
      tags: ['tools'],
      summary: 'Forget a tool',
      params: PARAMS,
      querystring: query(),
      response: answers({ 204: { type: 'null', description: 'The tool is forgotten.' } }),
    },
    async handler(request, reply) {
      const { namespace = '' } = request.query;
      await tools.deleteTool({ namespace, toolId: request.params.tool_id }, callOptions(request));
      return reply.status(204).send();
    },
  });
}

function kindOf({ http, rpc }: RegisterBody) {
  if (rpc !== undefined) return { case: 'rpc' as const, value: { serviceId: rpc.service_id, method: rpc.method } };
  const { method = '', url = '', headers = {}, input_place: place } = http ?? {};
  const inputPlace = enumNumber(InputPlaceSchema, place) as InputPlace;
  return { case: 'http' as const, value: { method, url, headers: { ...headers }, inputPlace } };
}
