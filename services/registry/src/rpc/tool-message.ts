import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { InputPlace, ToolSchema, type Tool } from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import type { ToolKind, ToolRecord } from '../domain/tool-record.ts';

/** A tool for the wire. */
export function toolToMessage(tool: ToolRecord): Tool {
  const { namespace, toolId, description, inputSchema, outputSchema, how } = tool;
  return create(ToolSchema, {
    namespace,
    toolId,
    description,
    ...(inputSchema === undefined ? {} : { inputSchema }),
    ...(outputSchema === undefined ? {} : { outputSchema }),
    kind: kindToMessage(how),
    createdAt: timestampOfMs(tool.createdAtMs),
    updatedAt: timestampOfMs(tool.updatedAtMs),
  });
}

function kindToMessage(how: ToolKind): NonNullable<MessageInitShape<typeof ToolSchema>['kind']> {
  if (how.kind === 'RPC') return { case: 'rpc', value: { ...how.settings } };
  const { method, url, headers, inputPlace } = how.settings;
  const place = inputPlace === undefined ? InputPlace.UNSPECIFIED : InputPlace[inputPlace];
  return { case: 'http', value: { method, url, headers: { ...headers }, inputPlace: place } };
}
