import { AgentSchema, InstanceHealth, InstanceHealthSchema } from '@skein/contracts/registry';
import { RunSchema } from '@skein/contracts/scheduler';
import { ref } from '../../presentation/message-schema.ts';
import { enumWords } from '../../presentation/enum-word.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, pageOf, pageQuery, pageSchema, pathParams, query } from '../route-schema.ts';
import type { NamespaceQuery, PageQuery } from '../route-schema.ts';

interface AgentParams {
  readonly agent_id: string;
}

interface ListQuery extends PageQuery {
  readonly capability?: readonly string[];
  readonly agent_type?: string;
  readonly health?: Exclude<keyof typeof InstanceHealth, 'UNSPECIFIED'>;
}

const PARAMS = pathParams({ agent_id: 'The agent.' });

/** `GET /api/v1/agents`, `GET` and `DELETE /api/v1/agents/:agent_id` and its tasks. */
export function agentRoutes(app: RestApp, { agents, runs }: Clients): void {
  app.route<{ Querystring: ListQuery }>({
    method: 'GET',
    url: '/api/v1/agents',
    schema: {
      operationId: 'listAgents',
      tags: ['agents'],
      summary: 'List agents in the order of their ids',
      querystring: pageQuery({
        capability: {
          type: 'array',
          items: { type: 'string' },
          description: 'Only agents with this capability; repeat it for more.',
        },
        agent_type: { type: 'string', description: 'Only agents of this type.' },
        health: {
          type: 'string',
          enum: enumWords(InstanceHealthSchema),
          description: 'Only agents with an instance in this state.',
        },
      }),
      response: answers({ 200: pageSchema('agents', 'Agent', 'A page of agents.') }),
    },
    async handler(request) {
      const { namespace = '', capability = [], agent_type: agentType = '', health } = request.query;
      const { page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const filter = { capabilities: [...capability], agentType, health: InstanceHealth[health ?? 'UNSPECIFIED'] };
      const listed = await agents.listAgents({ namespace, ...filter, pageSize, pageToken }, callOptions(request));
      return pageOf(
        'agents',
        listed.agents.map((agent) => present(AgentSchema, agent)),
        listed.nextPageToken,
      );
    },
  });

  app.route<{ Params: AgentParams; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/agents/:agent_id',
    schema: {
      operationId: 'getAgent',
      tags: ['agents'],
      summary: 'Get an agent with its instances',
      params: PARAMS,
      querystring: query(),
      response: answers({ 200: { ...ref('Agent'), description: 'The agent.' } }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const { agent } = await agents.getAgent({ namespace, agentId: request.params.agent_id }, callOptions(request));
      if (agent === undefined) throw new Error('the registry answered without the agent');
      return present(AgentSchema, agent);
    },
  });

  app.route<{ Params: AgentParams; Querystring: NamespaceQuery & { readonly version?: string } }>({
    method: 'DELETE',
    url: '/api/v1/agents/:agent_id',
    schema: {
      operationId: 'unregisterAgent',
      tags: ['agents'],
      summary: 'Forget an agent, or one version of it, and the instances',
      params: PARAMS,
      querystring: query({ version: { type: 'string', description: 'Only this version. Default: all.' } }),
      response: answers({ 204: { type: 'null', description: 'The agent is forgotten.' } }),
    },
    async handler(request, reply) {
      const { namespace = '', version = '' } = request.query;
      await agents.unregisterAgent({ namespace, agentId: request.params.agent_id, version }, callOptions(request));
      return reply.status(204).send();
    },
  });

  app.route<{ Params: AgentParams; Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/agents/:agent_id/tasks',
    schema: {
      operationId: 'listAgentTasks',
      tags: ['agents'],
      summary: 'List what an agent was directly asked to do, newest first',
      params: PARAMS,
      querystring: pageQuery(),
      response: answers({ 200: pageSchema('tasks', 'Run', 'A page of runs, without payloads and nodes.') }),
    },
    async handler(request) {
      const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const { agent_id: agentId } = request.params;
      const filter = { namespace, workflowId: `agent.${agentId}`, pageSize, pageToken };
      const options = callOptions(request);
      const { runs: tasks, nextPageToken } = await runs.listRuns(filter, options);
      // An agent without tasks and one that does not exist are told apart.
      if (tasks.length === 0) await agents.getAgent({ namespace, agentId }, options);
      return pageOf(
        'tasks',
        tasks.map((run) => present(RunSchema, run)),
        nextPageToken,
      );
    },
  });
}
