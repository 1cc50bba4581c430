import {
  DiscoveredAgentSchema,
  HeartbeatRequestSchema,
  InstanceHealthSchema,
  InstanceSchema,
  type Instance,
  type InstanceHealth,
} from '@skein/contracts/registry';
import { invalidField } from '../../errors/invalid-request.ts';
import { enumNumber, enumWords } from '../../presentation/enum-word.ts';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

interface AgentParams {
  readonly agent_id: string;
}

interface InstanceParams extends AgentParams {
  readonly instance_id: string;
}

interface DiscoveryQuery extends NamespaceQuery {
  readonly agent_id?: string;
  readonly agent_type?: string;
  readonly capability?: readonly string[];
  readonly label?: readonly string[];
  readonly version?: string;
  readonly min_health?: string;
  readonly page_size?: number;
}

const TAGS = ['agents'];
const PARAMS = pathParams({ agent_id: 'The agent.', instance_id: 'The instance, as the agent shows it.' });
const SHOWN = answers({ 200: { ...ref('Instance'), description: 'The instance.' } });

/** Instances of agents: heartbeats, drain, removal; and `GET /api/v1/discovery`. */
export function agentInstanceRoutes(app: RestApp, clients: Clients): void {
  heartbeatRoute(app, clients);
  instanceRoutes(app, clients);
  discoveryRoute(app, clients);
}

function heartbeatRoute(app: RestApp, { agents }: Clients): void {
  app.route<{ Params: AgentParams; Querystring: NamespaceQuery; Body: { readonly instances: readonly object[] } }>({
    method: 'POST',
    url: '/api/v1/agents/:agent_id/heartbeat',
    schema: {
      operationId: 'heartbeat',
      tags: TAGS,
      summary: 'Say that instances are alive, and how they are',
      description: 'Renews their leases. An instance that is not known any more has to register again.',
      params: pathParams({ agent_id: 'The agent.' }),
      querystring: query(),
      body: {
        ...fields({ instances: { type: 'array', minItems: 1, maxItems: 1000, items: HEARTBEAT } }, ['instances']),
        examples: [{ instances: [{ instance_id: 'e3a33e6658b88fc2e718531e4bc29a97', health: 'HEALTHY', load: 0.4 }] }],
      },
      response: answers({
        200: {
          description: 'The heartbeat was heard.',
          ...fields(
            {
              unknown_instance_ids: {
                type: 'array',
                items: { type: 'string' },
                description: 'Those that have to register again.',
              },
            },
            ['unknown_instance_ids'],
          ),
        },
      }),
    },
    async handler(request) {
      const { instances } = messageOfBody(HeartbeatRequestSchema, request.body);
      const { namespace = '' } = request.query;
      const beat = { namespace, agentId: request.params.agent_id, instances };
      const { unknownInstanceIds } = await agents.heartbeat(beat, callOptions(request));
      return { unknown_instance_ids: unknownInstanceIds };
    },
  });
}

const HEARTBEAT = fields(
  {
    instance_id: { type: 'string', description: 'As `instances` of the agent show it.' },
    health: {
      type: 'string',
      enum: enumWords(InstanceHealthSchema),
      description: 'Default: it does not say, and probes alone count.',
    },
    health_detail: { type: 'string', maxLength: 1024, description: 'Why it is not healthy.' },
    load: { type: 'number', minimum: 0, maximum: 1, description: 'Share of its capacity in use.' },
    in_flight: { type: 'integer', minimum: 0, description: 'Calls under way.' },
    latency_ms: { type: 'number', minimum: 0, description: 'Moving average of how long its calls take.' },
  },
  ['instance_id'],
);

function instanceRoutes(app: RestApp, { agents }: Clients): void {
  app.route<{ Params: InstanceParams; Querystring: NamespaceQuery; Body: { readonly reason?: string } }>({
    method: 'POST',
    url: '/api/v1/agents/:agent_id/instances/:instance_id/drain',
    schema: {
      operationId: 'drainInstance',
      tags: TAGS,
      summary: 'Take an instance out of the routes',
      description: 'Calls under way go on; `load.in_flight` says how many there were when this was last reported.',
      params: PARAMS,
      querystring: query(),
      body: {
        ...fields({ reason: { type: 'string', maxLength: 1024, description: 'Why, for people.' } }),
        examples: [{ reason: 'update' }],
      },
      response: SHOWN,
    },
    async handler(request) {
      const { reason = '' } = request.body;
      return shown(await agents.drainInstance({ ...keyOf(request), reason }, callOptions(request)));
    },
  });

  app.route<{ Params: InstanceParams; Querystring: NamespaceQuery }>({
    method: 'POST',
    url: '/api/v1/agents/:agent_id/instances/:instance_id/enable',
    schema: {
      operationId: 'enableInstance',
      tags: TAGS,
      summary: 'Put a drained instance back',
      params: PARAMS,
      querystring: query(),
      response: SHOWN,
    },
    handler: async (request) => shown(await agents.enableInstance(keyOf(request), callOptions(request))),
  });

  app.route<{ Params: InstanceParams; Querystring: NamespaceQuery }>({
    method: 'DELETE',
    url: '/api/v1/agents/:agent_id/instances/:instance_id',
    schema: {
      operationId: 'removeInstance',
      tags: TAGS,
      summary: 'Forget an instance',
      params: PARAMS,
      querystring: query(),
      response: answers({ 204: { type: 'null', description: 'The instance is forgotten.' } }),
    },
    async handler(request, reply) {
      await agents.removeInstance(keyOf(request), callOptions(request));
      return reply.status(204).send();
    },
  });
}

function keyOf({ params, query: asked }: { readonly params: InstanceParams; readonly query: NamespaceQuery }) {
  return { namespace: asked.namespace ?? '', agentId: params.agent_id, instanceId: params.instance_id };
}

function shown({ instance }: { readonly instance?: Instance | undefined }) {
  if (instance === undefined) throw new Error('the registry answered without the instance');
  return present(InstanceSchema, instance);
}

function discoveryRoute(app: RestApp, { agents }: Clients): void {
  const several = (description: string) => ({ type: 'array', items: { type: 'string' }, description });
  app.route<{ Querystring: DiscoveryQuery }>({
    method: 'GET',
    url: '/api/v1/discovery',
    schema: {
      operationId: 'discoverAgents',
      tags: TAGS,
      summary: 'Find what can do something',
      description: 'The versions of agents that fit, with the instances that would get a call, the least loaded first.',
      querystring: query({
        agent_id: { type: 'string', description: 'Only this agent.' },
        agent_type: { type: 'string', description: 'Only agents of this type.' },
        capability: several('What it can do; repeat it for more, all must hold.'),
        label: several('A label as `key=value`; repeat it for more, all must hold.'),
        version: { type: 'string', description: 'A range of versions, such as `^1.2`.' },
        min_health: {
          type: 'string',
          enum: enumWords(InstanceHealthSchema),
          description: 'Least health of an instance. Default: all but unhealthy ones.',
        },
        page_size: {
          type: 'integer',
          minimum: 1,
          maximum: 1000,
          description: 'At most so many versions. Default: 100.',
        },
      }),
      response: answers({
        200: {
          description: 'What fits.',
          ...fields({ agents: { type: 'array', items: ref('DiscoveredAgent') } }, ['agents']),
        },
      }),
    },
    async handler(request) {
      const { namespace = '', agent_id: agentId = '', agent_type: agentType = '', version = '' } = request.query;
      const { capability = [], label = [], min_health: minHealth, page_size: pageSize = 0 } = request.query;
      const wish = {
        namespace,
        agentId,
        agentType,
        version,
        capabilities: [...capability],
        labels: Object.fromEntries(label.map(pairOf)),
        minHealth: enumNumber(InstanceHealthSchema, minHealth) as InstanceHealth,
        pageSize,
      };
      const found = await agents.discoverAgents(wish, callOptions(request));
      return { agents: found.agents.map((agent) => present(DiscoveredAgentSchema, agent)) };
    },
  });
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw invalidField('label', 'give key=value');
  return [text.slice(0, at), text.slice(at + 1)];
}
