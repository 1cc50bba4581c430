import {
  GetAgentMetricsRequestSchema,
  GetAgentMetricsResponseSchema,
  GetWorkflowMetricsRequestSchema,
  GetWorkflowMetricsResponseSchema,
} from '@skein/contracts/eventlog';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

interface TimeQuery extends NamespaceQuery {
  readonly start_time?: string;
  readonly end_time?: string;
}

const TIME = {
  start_time: { type: 'string', format: 'date-time', description: 'From when on. Default: an hour before `end_time`.' },
  end_time: { type: 'string', format: 'date-time', description: 'Until when, exclusive. Default: now.' },
};

/** `GET /api/v1/agents/:agent_id/metrics` and `GET /api/v1/workflows/:workflow_id/metrics`. */
export function metricRoutes(app: RestApp, { metrics }: Clients): void {
  app.route<{ Params: { agent_id: string }; Querystring: TimeQuery & { group_by?: string } }>({
    method: 'GET',
    url: '/api/v1/agents/:agent_id/metrics',
    schema: {
      operationId: 'getAgentMetrics',
      tags: ['agents'],
      summary: 'Get how often an agent was called, how it went and how long it took',
      params: pathParams({ agent_id: 'The agent.' }),
      querystring: query({
        ...TIME,
        group_by: { type: 'string', enum: ['version', 'instance'], description: 'What to tell apart.' },
      }),
      response: answers({ 200: { ...ref('GetAgentMetricsResponse'), description: 'What was counted.' } }),
    },
    async handler(request) {
      const asked = messageOfBody(GetAgentMetricsRequestSchema, {
        ...request.query,
        agent_id: request.params.agent_id,
      });
      return present(GetAgentMetricsResponseSchema, await metrics.getAgentMetrics(asked, callOptions(request)));
    },
  });

  app.route<{ Params: { workflow_id: string }; Querystring: TimeQuery & { by_version?: boolean } }>({
    method: 'GET',
    url: '/api/v1/workflows/:workflow_id/metrics',
    schema: {
      operationId: 'getWorkflowMetrics',
      tags: ['workflows'],
      summary: 'Get how many runs of a workflow started and ended, and how long they took',
      params: pathParams({ workflow_id: 'The workflow.' }),
      querystring: query({
        ...TIME,
        by_version: { type: 'boolean', description: 'Whether versions are told apart.' },
      }),
      response: answers({ 200: { ...ref('GetWorkflowMetricsResponse'), description: 'What was counted.' } }),
    },
    async handler(request) {
      const { workflow_id: workflowId } = request.params;
      const asked = messageOfBody(GetWorkflowMetricsRequestSchema, { ...request.query, workflow_id: workflowId });
      return present(GetWorkflowMetricsResponseSchema, await metrics.getWorkflowMetrics(asked, callOptions(request)));
    },
  });
}
