import type { ListToolsRequest } from '@skein/contracts/registry';
import { pageToken, positionOf } from '@skein/rpc';
import type { ToolStore } from '../app/tool-store.ts';
import { namespaceOf, pageSizeOf } from './request-fields.ts';
import { toolToMessage } from './tool-message.ts';
import { Violations } from './violations.ts';

/** ToolService.ListTools. */
export function listToolsRpc({ tools }: { readonly tools: ToolStore }) {
  return async (request: ListToolsRequest) => {
    const violations = new Violations();
    const namespace = namespaceOf(request.namespace, violations);
    const limit = pageSizeOf(request.pageSize, violations);
    violations.throwIfAny();
    const list = `tools/${namespace}`;
    const afterToolId = positionOf(list, request.pageToken) ?? '';
    const found = await tools.list({ namespace, afterToolId, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const nextPageToken = found.length > limit && last !== undefined ? pageToken(list, last.toolId) : '';
    return { tools: page.map(toolToMessage), nextPageToken };
  };
}
