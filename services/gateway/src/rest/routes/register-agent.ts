import { SkillSchema } from '@skein/contracts/agent';
import {
  AgentCredentialsSchema,
  AgentProtocolSchema,
  AgentSchema,
  ProbePolicySchema,
  RoutingPolicySchema,
  type AgentProtocol,
} from '@skein/contracts/registry';
import type { JsonObject } from '@bufbuild/protobuf';
import { durationOfMs } from '@skein/events';
import { invalidField } from '../../errors/invalid-request.ts';
import { enumNumber, enumWords } from '../../presentation/enum-word.ts';
import { ref, type JsonSchema } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { parseDurationMs } from '../../presentation/time-text.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, durationSchema, fields, query, type NamespaceQuery } from '../route-schema.ts';

interface RegisterBody {
  readonly agent_id: string;
  readonly version?: string;
  readonly name?: string;
  readonly description?: string;
  readonly agent_type?: string;
  readonly capabilities?: readonly string[];
  readonly protocol?: string;
  readonly endpoint?: string;
  readonly endpoints?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly config?: JsonObject;
  readonly timeout?: string;
  readonly lease_ttl?: string;
  readonly probe?: object;
  readonly routing?: object;
  readonly skills?: readonly object[];
  readonly replace_versions?: boolean;
  readonly allow_downgrade?: boolean;
  readonly create_only?: boolean;
  readonly credentials?: object;
}

const PROTOCOLS = enumWords(AgentProtocolSchema);
const ENDPOINT =
  'Address of its only instance: `host:port`, `grpc://host:port`, `grpcs://host:port`, a URL, or `inprocess:NAME`.';

/** A part of a body that is written as it is shown, with what has a default left out. */
function asShown(schema: string, description: string): JsonSchema {
  return {
    type: 'object',
    additionalProperties: true,
    description: `${description} As the schema ${schema} shows it.`,
  };
}

const BODY = {
  ...fields(
    {
      agent_id: { type: 'string', description: 'Identity, `[A-Za-z0-9_.-]{1,128}`.' },
      version: { type: 'string', description: 'Semantic version. Default: what the agent says, else `0.0.0`.' },
      name: { type: 'string', description: 'For people. Default: what the agent says.' },
      description: { type: 'string', description: 'What it is good at. Default: what the agent says.' },
      agent_type: { type: 'string', description: 'A word for its role, such as `processor`.' },
      capabilities: { type: 'array', items: { type: 'string' }, description: 'Words to find it by.' },
      protocol: {
        type: 'string',
        enum: [...PROTOCOLS, ...PROTOCOLS.map((word) => word.toLowerCase())],
        description: 'How it is called. Default: found out by asking it.',
      },
      endpoint: { type: 'string', description: ENDPOINT },
      endpoints: { type: 'array', items: { type: 'string' }, description: 'Addresses of its instances, 1 to 1,000.' },
      labels: { type: 'object', additionalProperties: { type: 'string' }, description: 'Pairs to find it by.' },
      config: { type: 'object', additionalProperties: true, description: 'Settings sent with every call.' },
      timeout: durationSchema("Longest time for one call. Default: the executor's AGENT_TIMEOUT_MS."),
      lease_ttl: durationSchema(
        'The instances are added to those that are there, and each is forgotten when nothing was heard of it for so long. Default: they stay, and are the whole set.',
      ),
      probe: asShown('ProbePolicy', 'How instances are probed.'),
      routing: asShown('RoutingPolicy', 'How calls are spread, of all versions. Default: as it was.'),
      skills: {
        type: 'array',
        items: asShown('Skill', 'A skill.'),
        description: 'What it can be asked to do. Default: what it says.',
      },
      replace_versions: { type: 'boolean', description: 'Other versions are forgotten.' },
      allow_downgrade: { type: 'boolean', description: 'An endpoint may go back to an older version.' },
      create_only: { type: 'boolean', description: 'Fail where the agent is known already.' },
      credentials: asShown(
        'AgentCredentials',
        'The secret of the executors that calls carry, by its name. Default: none.',
      ),
    },
    ['agent_id'],
  ),
  examples: [{ agent_id: 'classifier-agent', endpoint: 'grpc://127.0.0.1:9001', capabilities: ['classification'] }],
};

/** `POST /api/v1/agents`. */
export function registerAgentRoute(app: RestApp, { agents }: Clients): void {
  app.route<{ Querystring: NamespaceQuery; Body: RegisterBody }>({
    method: 'POST',
    url: '/api/v1/agents',
    schema: {
      operationId: 'registerAgent',
      tags: ['agents'],
      summary: 'Register an agent, or change it',
      description:
        'The same version again replaces what is known of it; the endpoints given are its whole set afterwards. Other versions stay.',
      querystring: query(),
      body: BODY,
      response: answers({
        200: { ...ref('Agent'), description: 'The agent was known and has been changed.' },
        201: { ...ref('Agent'), description: 'The agent is registered.' },
      }),
    },
    async handler(request, reply) {
      const { body } = request;
      const timeoutMs = body.timeout === undefined ? undefined : parseDurationMs(body.timeout);
      const { agent, created } = await agents.registerAgent(
        {
          namespace: request.query.namespace ?? '',
          agentId: body.agent_id,
          version: body.version ?? '',
          name: body.name ?? '',
          description: body.description ?? '',
          agentType: body.agent_type ?? '',
          capabilities: [...(body.capabilities ?? [])],
          protocol: enumNumber(AgentProtocolSchema, body.protocol) as AgentProtocol,
          endpoints: endpointsOf(body),
          labels: { ...body.labels },
          ...(body.config === undefined ? {} : { config: body.config }),
          ...(timeoutMs === undefined ? {} : { timeout: durationOfMs(timeoutMs) }),
          ...routedBy(body),
        },
        callOptions(request),
      );
      if (agent === undefined) throw new Error('the registry answered without the agent');
      reply.status(created ? 201 : 200).header('location', `/api/v1/agents/${agent.agentId}`);
      return present(AgentSchema, agent);
    },
  });
}

/** What a registration says beyond who and where the agent is. */
function routedBy(body: RegisterBody) {
  const { lease_ttl: lease, probe, routing, credentials, skills = [] } = body;
  const leaseMs = lease === undefined ? undefined : parseDurationMs(lease);
  return {
    ...(leaseMs === undefined ? {} : { leaseTtl: durationOfMs(leaseMs) }),
    ...(probe === undefined ? {} : { probe: messageOfBody(ProbePolicySchema, probe, 'probe') }),
    ...(routing === undefined ? {} : { routing: messageOfBody(RoutingPolicySchema, routing, 'routing') }),
    ...(credentials === undefined
      ? {}
      : { credentials: messageOfBody(AgentCredentialsSchema, credentials, 'credentials') }),
    skills: skills.map((skill, at) => messageOfBody(SkillSchema, skill, `skills[${at}]`)),
    replaceVersions: body.replace_versions ?? false,
    allowDowngrade: body.allow_downgrade ?? false,
    createOnly: body.create_only ?? false,
  };
}

function endpointsOf({ endpoint, endpoints }: RegisterBody): string[] {
  if (endpoint !== undefined && endpoints !== undefined) {
    throw invalidField('endpoint', 'give endpoint or endpoints, not both');
  }
  return endpoint === undefined ? [...(endpoints ?? [])] : [endpoint];
}
