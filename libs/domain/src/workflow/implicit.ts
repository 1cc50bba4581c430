import type { AgentNode, LlmNode, WorkflowDefinition } from './definition.ts';

/** Settings of a direct run of one agent. */
export type AgentRunSettings = Pick<
  AgentNode,
  'version' | 'skill' | 'fallback' | 'config' | 'timeouts' | 'retry' | 'delivery'
>;

/** Settings of a direct run of one language model. */
export type LlmRunSettings = Pick<
  LlmNode,
  | 'system'
  | 'output_schema'
  | 'repair_turns'
  | 'context_budget'
  | 'temperature'
  | 'max_tokens'
  | 'config'
  | 'timeouts'
  | 'retry'
  | 'delivery'
>;

/** The graph of a direct agent run: one node, whose input is the run's input and whose output is the run's output. */
export function agentDefinition(agentId: string, settings: AgentRunSettings = {}): WorkflowDefinition {
  return {
    id: implicitId('agent', agentId),
    name: agentId,
    nodes: [{ ...settings, id: 'agent', type: 'agent', agent_id: agentId }],
    edges: [],
  };
}

/**
 * The graph of a direct run of a language model: one node. The run's input is the user's text, or an object with
 * `messages` or `prompt`.
 */
export function llmDefinition(model: string, settings: LlmRunSettings = {}): WorkflowDefinition {
  return {
    id: implicitId('llm', model),
    name: model,
    nodes: [{ ...settings, id: 'llm', type: 'llm', model }],
    edges: [],
  };
}

/** The graph of a direct run of a tool: one node, whose input is the run's input and whose output is the run's output. */
export function toolDefinition(toolId: string): WorkflowDefinition {
  return {
    id: implicitId('tool', toolId),
    name: toolId,
    nodes: [{ id: 'tool', type: 'tool', tool_id: toolId }],
    edges: [],
  };
}

const MAX_ID_CHARS = 128;

/** `agent.billing-specialist`, `llm.openai_gpt-5`: model names may have characters that ids may not. */
function implicitId(kind: string, name: string): string {
  return `${kind}.${name.replace(/[^A-Za-z0-9_.-]/g, '_')}`.slice(0, MAX_ID_CHARS);
}
