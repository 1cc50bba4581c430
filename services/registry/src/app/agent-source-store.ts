import type { AgentKey } from '../domain/agent-record.ts';
import type { AgentSource } from '../domain/agent-source.ts';

/** Which agents are kept by the file of agents, and not by whoever registers them. */
export interface AgentSourceStore {
  /** REGISTERED where nothing else is known. */
  sourceOf(key: AgentKey): Promise<AgentSource>;
  /** Of a namespace, or of all; by agent id within each. */
  list(namespace?: string): Promise<readonly (AgentKey & { readonly source: AgentSource })[]>;
  set(key: AgentKey, source: Exclude<AgentSource, 'REGISTERED'>): Promise<void>;
  forget(key: AgentKey): Promise<void>;
}
