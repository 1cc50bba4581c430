import { isJsonObject, type JsonObject, textOf } from '../../expression/json.ts';

/** The settings of each node type that may stand under `config` instead of on the node itself. */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  agent: ['agent_id', 'version', 'skill', 'fallback'],
  llm: [
    'model',
    'system',
    'prompt',
    'messages',
    'role',
    'output_schema',
    'repair_turns',
    'context_budget',
    'temperature',
    'max_tokens',
  ],
  rpc: ['service_id', 'method', 'request_metadata'],
  tool: ['tool_id'],
  decision: ['conditions'],
  transform: ['expression'],
};

/**
 * Moves a node's own settings out of its `config`, where other systems keep them. What else is under `config`
 * stays there. An agent that names itself on the node keeps its `config` whole: it is then the agent's.
 */
export function liftSettings(node: JsonObject): JsonObject {
  const { config, ...rest } = node;
  const known = SETTINGS[textOf(node['type'])];
  if (!isJsonObject(config) || known === undefined || Object.hasOwn(node, known[0] ?? '')) return node;
  const lifted = Object.entries(config).filter(([key]) => known.includes(key) && !Object.hasOwn(node, key));
  if (lifted.length === 0) return node;
  const kept = Object.entries(config).filter(([key]) => !lifted.some(([name]) => name === key));
  return { ...rest, ...Object.fromEntries(lifted), ...(kept.length === 0 ? {} : { config: Object.fromEntries(kept) }) };
}
