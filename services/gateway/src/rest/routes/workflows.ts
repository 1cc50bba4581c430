import { WorkflowVersionSchema } from '@skein/contracts/scheduler';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, pageOf, pageQuery, pageSchema, pathParams, query } from '../route-schema.ts';
import type { NamespaceQuery, PageQuery } from '../route-schema.ts';

interface WorkflowParams {
  readonly workflow_id: string;
}

const PARAMS = pathParams({ workflow_id: 'The workflow.' });

/** `GET /api/v1/workflows`, `GET /api/v1/workflows/:workflow_id` and its versions. */
export function workflowRoutes(app: RestApp, { workflows }: Clients): void {
  app.route<{ Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/workflows',
    schema: {
      operationId: 'listWorkflows',
      tags: ['workflows'],
      summary: 'List the latest version of each workflow',
      querystring: pageQuery(),
      response: answers({ 200: pageSchema('workflows', 'WorkflowVersion', 'A page, in the order of the ids.') }),
    },
    async handler(request) {
      const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const listed = await workflows.listWorkflows({ namespace, pageSize, pageToken }, callOptions(request));
      const items = listed.workflows.map((version) => present(WorkflowVersionSchema, version));
      return pageOf('workflows', items, listed.nextPageToken);
    },
  });

  app.route<{ Params: WorkflowParams; Querystring: NamespaceQuery & { version?: number } }>({
    method: 'GET',
    url: '/api/v1/workflows/:workflow_id',
    schema: {
      operationId: 'getWorkflow',
      tags: ['workflows'],
      summary: 'Get a workflow with its definition',
      params: PARAMS,
      querystring: query({ version: { type: 'integer', minimum: 1, description: 'Default: the latest.' } }),
      response: answers({ 200: { ...ref('WorkflowVersion'), description: 'The version.' } }),
    },
    async handler(request) {
      const { namespace = '', version = 0 } = request.query;
      const { workflow_id: workflowId } = request.params;
      const { workflow } = await workflows.getWorkflow({ namespace, workflowId, version }, callOptions(request));
      if (workflow === undefined) throw new Error('the scheduler answered without the workflow');
      return present(WorkflowVersionSchema, workflow);
    },
  });

  app.route<{ Params: WorkflowParams; Querystring: PageQuery }>({
    method: 'GET',
    url: '/api/v1/workflows/:workflow_id/versions',
    schema: {
      operationId: 'listWorkflowVersions',
      tags: ['workflows'],
      summary: 'List the versions of a workflow, newest first',
      params: PARAMS,
      querystring: pageQuery(),
      response: answers({ 200: pageSchema('versions', 'WorkflowVersion', 'A page of versions.') }),
    },
    async handler(request) {
      const { namespace = '', page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const { workflow_id: workflowId } = request.params;
      const page = { namespace, workflowId, pageSize, pageToken };
      const listed = await workflows.listWorkflowVersions(page, callOptions(request));
      const items = listed.versions.map((version) => present(WorkflowVersionSchema, version));
      return pageOf('versions', items, listed.nextPageToken);
    },
  });
}
