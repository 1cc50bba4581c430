import type { GetToolRequest } from '@skein/contracts/registry';
import { ToolNotFoundError } from '../app/registry-errors.ts';
import type { ToolStore } from '../app/tool-store.ts';
import { toolKeyOf } from './tool-fields.ts';
import { toolToMessage } from './tool-message.ts';

/** ToolService.GetTool. */
export function getToolRpc({ tools }: { readonly tools: ToolStore }) {
  return async (request: GetToolRequest) => {
    const key = toolKeyOf(request);
    const tool = await tools.get(key);
    if (tool === undefined) throw new ToolNotFoundError(key);
    return { tool: toolToMessage(tool) };
  };
}
