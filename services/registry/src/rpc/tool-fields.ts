/** RegisterToolRequest → what is kept, or every violation at once. */
import {
  InputPlace,
  type HttpTool,
  type RegisterToolRequest,
  type RpcTool,
  type Tool,
} from '@skein/contracts/registry';
import { compileSchema } from '@skein/domain';
import { HTTP_METHODS, type HttpMethod, type ToolDetails, type ToolKey, type ToolKind } from '../domain/tool-record.ts';
import { toolUrlFault } from '../domain/tool-url.ts';
import { idOf, namespaceOf, structOf, textOf } from './request-fields.ts';
import { Violations } from './violations.ts';

const MAX_DESCRIPTION_LENGTH = 4096;
const MAX_SCHEMA_BYTES = 64 * 1024;
const MAX_HEADERS = 64;
const MAX_HEADER_LENGTH = 4096;
const METHOD = /^[A-Za-z_][\w]*(\.[A-Za-z_]\w*)*\/[A-Za-z_]\w*$/;
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** Headers that belong to the connection, or that every call has of its own. */
const RESERVED_HEADER =
  /^(host|connection|content-length|content-type|transfer-encoding|keep-alive|upgrade|te|trailer|expect|idempotency-key|traceparent|x-run-id)$/;

/** @throws INVALID_FIELD with every violation. */
export function toolRegistrationOf({ tool }: RegisterToolRequest): {
  readonly key: ToolKey;
  readonly details: ToolDetails;
} {
  const violations = new Violations();
  if (tool === undefined) violations.add('tool', 'is required', 'REQUIRED');
  violations.throwIfAny();
  const given = tool as Tool;
  const namespace = namespaceOf(given.namespace, violations);
  const toolId = idOf('tool.tool_id', given.toolId, violations);
  const description = textOf('tool.description', given.description, MAX_DESCRIPTION_LENGTH, violations);
  const inputSchema = schemaOf('tool.input_schema', given.inputSchema, violations);
  const outputSchema = schemaOf('tool.output_schema', given.outputSchema, violations);
  const how = kindOf(given, violations);
  violations.throwIfAny();
  return { key: { namespace, toolId }, details: { description, inputSchema, outputSchema, how: how as ToolKind } };
}

/** The tool that a request names. */
export function toolKeyOf(request: { readonly namespace: string; readonly toolId: string }): ToolKey {
  const violations = new Violations();
  const namespace = namespaceOf(request.namespace, violations);
  const toolId = idOf('tool_id', request.toolId, violations);
  violations.throwIfAny();
  return { namespace, toolId };
}

function schemaOf(field: string, schema: Tool['inputSchema'], violations: Violations): Tool['inputSchema'] {
  if (schema === undefined) return undefined;
  structOf(field, schema, MAX_SCHEMA_BYTES, violations);
  const compiled = compileSchema(schema);
  if ('reason' in compiled) {
    violations.add(
      `${field}${compiled.pointer.replaceAll('/', '.')}`,
      `is no JSON Schema (2020-12): ${compiled.reason}`,
    );
  }
  return schema;
}

function kindOf({ kind }: Tool, violations: Violations): ToolKind | undefined {
  switch (kind.case) {
    case 'http':
      return { kind: 'HTTP', settings: httpOf(kind.value, violations) };
    case 'rpc':
      return { kind: 'RPC', settings: rpcOf(kind.value, violations) };
    case undefined:
      violations.add('tool.kind', 'give http or rpc', 'REQUIRED');
      return undefined;
  }
}

function httpOf({ method, url, headers, inputPlace }: HttpTool, violations: Violations) {
  const isMethod = (HTTP_METHODS as readonly string[]).includes(method);
  if (!isMethod) violations.add('tool.http.method', `give ${HTTP_METHODS.join(', ')}`);
  const fault = toolUrlFault(url);
  if (fault !== undefined) violations.add('tool.http.url', fault);
  const place = inputPlace === InputPlace.QUERY ? 'QUERY' : inputPlace === InputPlace.BODY ? 'BODY' : undefined;
  if (place === undefined && inputPlace !== InputPlace.UNSPECIFIED) {
    violations.add('tool.http.input_place', 'give BODY or QUERY, or leave it out');
  }
  if (place === 'BODY' && (method === 'GET' || method === 'DELETE')) {
    violations.add('tool.http.input_place', `give QUERY: a ${method} has no body`);
  }
  return { method: method as HttpMethod, url, headers: headersOf(headers, violations), inputPlace: place } as const;
}

function headersOf(headers: HttpTool['headers'], violations: Violations): Readonly<Record<string, string>> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  if (entries.length > MAX_HEADERS) violations.add('tool.http.headers', `give at most ${MAX_HEADERS}`);
  for (const [name, value] of entries) {
    const field = `tool.http.headers.${name.slice(0, 128)}`;
    if (!HEADER_NAME.test(name)) violations.add('tool.http.headers', `${JSON.stringify(name)} is no name of a header`);
    else if (RESERVED_HEADER.test(name)) violations.add(field, 'leave it out: every call has its own');
    if (value.length > MAX_HEADER_LENGTH || /[^\x20-\x7e]/.test(value)) {
      violations.add(field, `give at most ${MAX_HEADER_LENGTH} printable ASCII characters`);
    }
  }
  return Object.fromEntries(entries);
}

function rpcOf({ serviceId, method }: RpcTool, violations: Violations) {
  if (!METHOD.test(method) || method.length > 512) violations.add('tool.rpc.method', 'give package.Service/Method');
  return { serviceId: idOf('tool.rpc.service_id', serviceId, violations), method };
}
