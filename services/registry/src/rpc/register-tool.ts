import type { RegisterToolRequest } from '@skein/contracts/registry';
import type { ToolStore } from '../app/tool-store.ts';
import { toolRegistrationOf } from './tool-fields.ts';
import { toolToMessage } from './tool-message.ts';

/** ToolService.RegisterTool. */
export function registerToolRpc({ tools }: { readonly tools: ToolStore }) {
  return async (request: RegisterToolRequest) => {
    const { key, details } = toolRegistrationOf(request);
    const { tool, created } = await tools.put(key, details);
    return { tool: toolToMessage(tool), created };
  };
}
