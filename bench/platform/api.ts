/** What the benchmark asks of the API besides what it measures. */
export interface Api {
  /** Registers an agent under its name. */
  registerAgent(agentId: string, protocol: string, endpoint: string): Promise<void>;
  /** Stores a workflow. */
  applyWorkflow(definition: { readonly id: string }): Promise<void>;
}

/** A client for the API at a URL. Whatever is refused is an error here. */
export function createApi(apiUrl: string): Api {
  const post = async (path: string, body: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${apiUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status} ${text}`);
  };
  return {
    registerAgent: (agentId, protocol, endpoint) =>
      post('/api/v1/agents', { agent_id: agentId, protocol, endpoints: [endpoint] }),
    applyWorkflow: (definition) => post('/api/v1/workflows', definition),
  };
}
