import type { JsonObject } from '@bufbuild/protobuf';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams } from '../route-schema.ts';
import { START_ANSWERS, START_FIELDS, START_HEADERS, START_QUERY, startRun } from '../start-run.ts';
import type { StartBody, StartQuery } from '../start-run.ts';
import { MAX_WAIT_MS } from '../wait.ts';

interface InvokeBody extends StartBody {
  readonly skill_id?: string;
  readonly config?: JsonObject;
}

/** `POST /api/v1/agents/:agent_id/invoke`. `agentTimeoutMs` is the wait where none is asked for. */
export function invokeAgentRoute(app: RestApp, clients: Clients, agentTimeoutMs: number): void {
  const defaultWaitMs = Math.min(agentTimeoutMs, MAX_WAIT_MS);
  app.route<{ Params: { agent_id: string }; Querystring: StartQuery; Body: InvokeBody }>({
    method: 'POST',
    url: '/api/v1/agents/:agent_id/invoke',
    schema: {
      operationId: 'invokeAgent',
      tags: ['agents', 'runs'],
      summary: 'Ask one agent, as a run of one node',
      description: 'Waits for the answer as long as an agent may take, unless `wait` says otherwise.',
      params: pathParams({ agent_id: 'The agent.' }),
      querystring: START_QUERY,
      headers: START_HEADERS,
      body: {
        ...fields({
          ...START_FIELDS,
          skill_id: { type: 'string', description: 'Which skill is asked for. Default: the agent decides.' },
          config: { type: 'object', additionalProperties: true, description: 'Settings sent with the call.' },
        }),
        examples: [{ input: { text: 'Where is my parcel?' } }],
      },
      response: answers(START_ANSWERS),
    },
    handler(request, reply) {
      const { skill_id: skillId = '', config } = request.body;
      const value = { agentId: request.params.agent_id, skillId, ...(config === undefined ? {} : { config }) };
      return startRun(clients, request, reply, { case: 'agent', value }, defaultWaitMs);
    },
  });
}
