/** Tools as the registry has them. */
import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError, type Client } from '@connectrpc/connect';
import { InputPlace, type HttpTool, type Tool, type ToolService } from '@skein/contracts/registry';
import { compileSchema, type Validate } from '@skein/domain';
import { FreshCopies } from '../../app/fresh-copies.ts';
import type { HttpToolTarget, RegisteredTool, ToolDirectory } from '../../app/tool-port.ts';
import { passing } from '../../domain/call-failure.ts';
import { registryFailure } from './service-directory.ts';

/** Reads tools one by one, and keeps copies for as long as the registry is away. */
export function toolDirectory(registry: Client<typeof ToolService>): ToolDirectory {
  const copies = new FreshCopies<RegisteredTool>({
    async read(namespace, toolId, signal) {
      const { tool } = await registry.getTool({ namespace, toolId }, { signal });
      if (tool === undefined) throw new ConnectError('the registry answered without the tool', Code.Internal);
      return toolOf(tool);
    },
    isAway: (error) => error instanceof ConnectError && error.code !== Code.NotFound,
    nowMs: () => performance.now(),
  });
  return {
    async find(namespace, toolId, signal) {
      try {
        return await copies.get(namespace, toolId, signal);
      } catch (error) {
        throw registryFailure(error, `tool ${toolId}`, signal);
      }
    },
  };
}

function toolOf(tool: Tool): RegisteredTool {
  const { toolId, inputSchema, outputSchema } = tool;
  return {
    toolId,
    validateInput: validatorOf(inputSchema),
    validateOutput: validatorOf(outputSchema),
    target: targetOf(tool),
  };
}

function targetOf({ toolId, kind }: Tool): RegisteredTool['target'] {
  switch (kind.case) {
    case 'http':
      return httpOf(kind.value);
    case 'rpc':
      return { kind: 'rpc', serviceId: kind.value.serviceId, method: kind.value.method };
    case undefined:
      throw passing('SERVICE_UNAVAILABLE', {
        message: `this executor does not know the kind of tool ${toolId}`,
        place: `tool ${toolId}`,
        remedy: 'upgrade the executors to the version of the registry',
      });
  }
}

function httpOf({ method, url, headers, inputPlace }: HttpTool): HttpToolTarget {
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const inBody = inputPlace === InputPlace.UNSPECIFIED ? hasBody : inputPlace === InputPlace.BODY;
  return { kind: 'http', method, url, headers, inputPlace: inBody ? 'body' : 'query' };
}

/** The registry has read the schema before it kept it. */
function validatorOf(schema: JsonObject | undefined): Validate {
  if (schema === undefined) return () => [];
  const compiled = compileSchema(schema);
  if ('reason' in compiled) throw new Error(`a schema of the registry: ${compiled.reason}`);
  return compiled.validate;
}
