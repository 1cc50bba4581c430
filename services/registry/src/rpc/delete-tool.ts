import type { DeleteToolRequest } from '@skein/contracts/registry';
import { ToolNotFoundError } from '../app/registry-errors.ts';
import type { ToolStore } from '../app/tool-store.ts';
import { toolKeyOf } from './tool-fields.ts';

/** ToolService.DeleteTool. */
export function deleteToolRpc({ tools }: { readonly tools: ToolStore }) {
  return async (request: DeleteToolRequest) => {
    const key = toolKeyOf(request);
    if (!(await tools.remove(key))) throw new ToolNotFoundError(key);
    return {};
  };
}
