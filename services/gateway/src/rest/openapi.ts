/** The OpenAPI document, made from the schemas that requests are checked against. */
import swagger from '@fastify/swagger';
import {
  NodeInputSchema,
  ApprovalSchema,
  BulkRunsResponseSchema,
  CountRunsResponseSchema,
  RunReplaySchema,
  RunSchema,
  ScheduleSchema,
  ScheduleTimeSchema,
  WorkflowChangeSchema,
  WorkflowProblemSchema,
  WorkflowVersionSchema,
} from '@skein/contracts/scheduler';
import {
  AgentMessageSchema,
  BroadcastMessageResponseSchema,
  GetAgentMetricsResponseSchema,
  GetWorkflowMetricsResponseSchema,
  RunTimelineSchema,
} from '@skein/contracts/eventlog';
import {
  AgentSchema,
  DeploymentSchema,
  PackageReferenceSchema,
  PackageSchema,
  InstallPolicySchema,
  TrustedKeySchema,
  LogLineSchema,
  DiscoveredAgentSchema,
  RpcMethodSchema,
  RpcServiceSchema,
  ToolSchema,
} from '@skein/contracts/registry';
import { CompletionSchema, ModelSchema } from '@skein/contracts/llm';
import { eventSchemas } from '../presentation/event-schema.ts';
import { messageSchemas } from '../presentation/message-schema.ts';
import { ERROR_SCHEMA } from '../errors/error-body.ts';
import type { RestApp } from './rest-app.ts';

const INFO = {
  title: 'Skein API',
  version: '0.1.0',
  description: [
    'Runs AI agents durably. Every path answers JSON in snake_case; times are RFC 3339, durations texts such as `1.5s`.',
    'Errors have one shape, the schema `Error`; `reason` is stable. The same contract is served as Connect, gRPC-web',
    'and gRPC on the same port. `?namespace=` names the tenant; without it, `default`.',
  ].join('\n'),
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};

/** Words for groups of paths. */
export const TAGS = {
  workflows: 'Workflow definitions and their versions',
  runs: 'Runs: started, awaited, followed, held back, signalled, ended, gone on from',
  approvals: 'What runs wait for people to decide',
  namespaces: 'Tenants, and how long each keeps ended runs',
  schedules: 'Runs that are started by the clock',
  messages: 'Messages between agents: sent, received, published, listed',
  agents: 'Agents and their instances',
  services: 'Rpc services and their methods',
  tools: 'Tools that nodes call',
  packages: 'Packages of agents, and whose signatures count',
  llm: 'Language models',
  orchestrator: 'The same platform in the words of the Go orchestrator',
  meta: 'The gateway itself',
} as const;

/** Adds the shared schemas and `GET /openapi.json`. Before any route. */
export async function registerOpenApi(app: RestApp): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: INFO,
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    },
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, index) => (typeof $id === 'string' ? $id : `schema${index}`),
    },
  });
  const messages = [
    RunSchema,
    NodeInputSchema,
    ApprovalSchema,
    WorkflowVersionSchema,
    WorkflowProblemSchema,
    ScheduleSchema,
    ScheduleTimeSchema,
    WorkflowChangeSchema,
    RunReplaySchema,
    BulkRunsResponseSchema,
    CountRunsResponseSchema,
    RunTimelineSchema,
    AgentMessageSchema,
    BroadcastMessageResponseSchema,
    GetAgentMetricsResponseSchema,
    GetWorkflowMetricsResponseSchema,
    AgentSchema,
    DiscoveredAgentSchema,
    RpcServiceSchema,
    RpcMethodSchema,
    ToolSchema,
    DeploymentSchema,
    LogLineSchema,
    PackageSchema,
    PackageReferenceSchema,
    InstallPolicySchema,
    TrustedKeySchema,
    CompletionSchema,
    ModelSchema,
  ];
  const schemas = [ERROR_SCHEMA, ...messageSchemas(messages), ...eventSchemas()];
  for (const schema of new Map(schemas.map((it) => [it['$id'], it])).values()) app.addSchema(schema);

  let document: string | undefined;
  app.route({
    method: 'GET',
    url: '/openapi.json',
    schema: {
      operationId: 'getOpenApi',
      tags: ['meta'],
      summary: 'This document',
      response: { 200: { description: 'OpenAPI 3.1', type: 'object', additionalProperties: true } },
    },
    handler: (_request, reply) => {
      document ??= JSON.stringify(app.swagger());
      return reply.type('application/json; charset=utf-8').serializer(String).send(document);
    },
  });
}
