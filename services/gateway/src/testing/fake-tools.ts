import { create } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { ToolSchema, ToolService, type Tool } from '@skein/contracts/registry';
import { timestampOfMs } from '@skein/events';
import { bind, skeinError, type ServiceBinding } from '@skein/rpc';
import { FIRST_EVENT_MS } from './fake-events.ts';

/** Tools, kept in this process. */
export function fakeTools(): ServiceBinding {
  const tools = new Map<string, Tool>();
  const find = (toolId: string): Tool => {
    const tool = tools.get(toolId);
    if (tool !== undefined) return tool;
    throw skeinError({ reason: 'TOOL_NOT_FOUND', code: Code.NotFound, message: `no tool ${toolId}` });
  };
  return bind(ToolService, {
    registerTool({ tool: given }) {
      const times = { createdAt: timestampOfMs(FIRST_EVENT_MS), updatedAt: timestampOfMs(FIRST_EVENT_MS) };
      const namespace = given?.namespace || 'default';
      const tool = create(ToolSchema, { ...given, ...times, namespace } as Tool);
      const created = !tools.has(tool.toolId);
      tools.set(tool.toolId, tool);
      return { tool, created };
    },
    getTool: ({ toolId }) => ({ tool: find(toolId) }),
    listTools: () => ({ tools: [...tools.values()] }),
    deleteTool({ toolId }) {
      find(toolId);
      tools.delete(toolId);
      return {};
    },
  });
}
