import type { ServiceImpl } from '@connectrpc/connect';
import type { ToolService } from '@skein/contracts/registry';
import type { ToolStore } from '../app/tool-store.ts';
import { typedAnswer, type OnDefect } from './answer-errors.ts';
import { deleteToolRpc } from './delete-tool.ts';
import { getToolRpc } from './get-tool.ts';
import { listToolsRpc } from './list-tools.ts';
import { registerToolRpc } from './register-tool.ts';

/** What the RPCs about tools are made of. */
export interface ToolRpcParts {
  readonly tools: ToolStore;
  readonly onDefect: OnDefect;
}

/** skein.registry.v1.ToolService. */
export function toolService(parts: ToolRpcParts): ServiceImpl<typeof ToolService> {
  const { onDefect } = parts;
  return {
    registerTool: typedAnswer('RegisterTool', onDefect, registerToolRpc(parts)),
    getTool: typedAnswer('GetTool', onDefect, getToolRpc(parts)),
    listTools: typedAnswer('ListTools', onDefect, listToolsRpc(parts)),
    deleteTool: typedAnswer('DeleteTool', onDefect, deleteToolRpc(parts)),
  };
}
