/** Agents in the words of the Go orchestrator. Its agents answer `POST /invoke` with server-sent events. */
import { AgentProtocol, InstanceHealth, type Agent } from '@skein/contracts/registry';
import type { JsonSchema } from '../../presentation/message-schema.ts';
import { timestampText } from '../../presentation/time-text.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

interface RegisterBody {
  readonly agent_id: string;
  readonly name?: string;
  readonly endpoint: string;
  readonly capabilities?: readonly string[];
}

const TAGS = ['orchestrator', 'agents'];
const PAGE_SIZE = 1000;

const AGENT: JsonSchema = fields(
  {
    agent_id: { type: 'string', description: 'Identity.' },
    name: { type: 'string', description: 'For people.' },
    status: { type: 'string', enum: ['healthy', 'unhealthy', 'unknown'], description: 'unknown: not probed yet.' },
    last_heartbeat_at: { type: 'string', format: 'date-time', description: 'When an instance last answered.' },
    endpoint: { type: 'string', description: 'Address of its first instance.' },
    capabilities: { type: 'array', items: { type: 'string' }, description: 'What it can do.' },
  },
  ['agent_id', 'name', 'status', 'capabilities'],
);

/** `POST /v1/agents/register`, `GET /v1/agents` and `GET /v1/agents/:agent_id`. */
export function orchestratorAgentRoutes(app: RestApp, { agents }: Clients): void {
  app.route<{ Querystring: NamespaceQuery; Body: RegisterBody }>({
    method: 'POST',
    url: '/v1/agents/register',
    schema: {
      operationId: 'orchestratorRegisterAgent',
      tags: TAGS,
      summary: 'Register an agent that answers POST /invoke with server-sent events',
      description: 'An endpoint that is no URL is asked which protocol it speaks, as by POST /api/v1/agents.',
      querystring: query(),
      body: {
        ...fields(
          {
            agent_id: { type: 'string', description: 'Identity.' },
            name: { type: 'string', description: 'For people.' },
            endpoint: { type: 'string', description: 'Base URL of the agent.' },
            capabilities: { type: 'array', items: { type: 'string' }, description: 'What it can do.' },
          },
          ['agent_id', 'endpoint'],
        ),
        examples: [{ agent_id: 'demo_agent', name: 'Demo Agent', endpoint: 'http://localhost:8000' }],
      },
      response: answers({
        200: {
          description: 'The agent is registered.',
          ...fields({ ok: { type: 'boolean', const: true }, registered_at: { type: 'string', format: 'date-time' } }, [
            'ok',
            'registered_at',
          ]),
        },
      }),
    },
    async handler(request) {
      const { agent_id: agentId, name = '', endpoint, capabilities = [] } = request.body;
      const { agent } = await agents.registerAgent(
        {
          namespace: request.query.namespace ?? '',
          agentId,
          name,
          endpoints: [endpoint],
          capabilities: [...capabilities],
          protocol: /^https?:/i.test(endpoint) ? AgentProtocol.HTTP_INVOKE_SSE : AgentProtocol.UNSPECIFIED,
        },
        callOptions(request),
      );
      if (agent?.updatedAt === undefined) throw new Error('the registry answered without the agent');
      return { ok: true, registered_at: timestampText(agent.updatedAt) };
    },
  });

  app.route<{ Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/v1/agents',
    schema: {
      operationId: 'orchestratorListAgents',
      tags: TAGS,
      summary: 'List all agents',
      querystring: query(),
      response: answers({
        200: { description: 'All agents.', ...fields({ agents: { type: 'array', items: AGENT } }, ['agents']) },
      }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const found: Agent[] = [];
      let pageToken = '';
      do {
        const page = await agents.listAgents({ namespace, pageSize: PAGE_SIZE, pageToken }, callOptions(request));
        found.push(...page.agents);
        ({ nextPageToken: pageToken } = page);
      } while (pageToken !== '');
      return { agents: found.map(orchestratorAgent) };
    },
  });

  app.route<{ Params: { agent_id: string }; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/v1/agents/:agent_id',
    schema: {
      operationId: 'orchestratorGetAgent',
      tags: TAGS,
      summary: 'Get an agent',
      params: pathParams({ agent_id: 'The agent.' }),
      querystring: query(),
      response: answers({ 200: { description: 'The agent.', ...AGENT } }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const { agent } = await agents.getAgent({ namespace, agentId: request.params.agent_id }, callOptions(request));
      if (agent === undefined) throw new Error('the registry answered without the agent');
      return orchestratorAgent(agent);
    },
  });
}

function orchestratorAgent({ agentId, name, instances, capabilities }: Agent): object {
  const [last] = instances
    .flatMap(({ lastHealthyAt }) => (lastHealthyAt === undefined ? [] : [timestampText(lastHealthyAt)]))
    .toSorted()
    .toReversed();
  const [first] = instances;
  return {
    agent_id: agentId,
    name: name || agentId,
    status: statusOf(instances.map(({ health }) => health)),
    ...(last === undefined ? {} : { last_heartbeat_at: last }),
    ...(first === undefined ? {} : { endpoint: first.endpoint }),
    capabilities,
  };
}

/** One instance that answers is enough. */
function statusOf(healths: readonly InstanceHealth[]): string {
  if (healths.includes(InstanceHealth.HEALTHY)) return 'healthy';
  return healths.includes(InstanceHealth.UNHEALTHY) ? 'unhealthy' : 'unknown';
}
