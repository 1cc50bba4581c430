import {
  RunReplaySchema,
  WorkflowChangeSchema,
  WorkflowVersionSchema,
  type DiffWorkflowsResponse,
} from '@skein/contracts/scheduler';
import { invalidField } from '../../errors/invalid-request.ts';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

interface VersionParams {
  readonly workflow_id: string;
  readonly version: number;
}

interface DiffBody {
  readonly from?: number;
  readonly workflow?: string | object;
}

const VERSION = { type: 'integer', minimum: 1, maximum: 2_147_483_647 };
const WORKFLOW = { workflow_id: 'The workflow.' };
const VERSION_PARAMS = fields(
  { workflow_id: { type: 'string', description: 'The workflow.' }, version: { ...VERSION, description: 'Which one.' } },
  ['workflow_id', 'version'],
);
const DIFFERENCE = fields(
  {
    from: { ...ref('WorkflowVersion'), description: 'The older side.' },
    to: { ...ref('WorkflowVersion'), description: 'The newer side; absent where it was given.' },
    changes: { type: 'array', items: ref('WorkflowChange') },
    open_runs: { type: 'array', items: ref('RunReplay') },
  },
  ['from', 'changes', 'open_runs'],
);
const DIFF_ANSWER = { description: 'What differs; open runs of the older side, replayed on the newer.', ...DIFFERENCE };

/** Versions compared and deprecated: `/api/v1/workflows/:workflow_id/diff` and `…/versions/:version/deprecation`. */
export function workflowVersionRoutes(app: RestApp, { workflows }: Clients): void {
  app.route<{ Params: VersionParams; Querystring: NamespaceQuery & { from?: number; to?: number } }>({
    method: 'GET',
    url: '/api/v1/workflows/:workflow_id/diff',
    schema: {
      operationId: 'diffWorkflowVersions',
      tags: ['workflows'],
      summary: 'Compare two versions of a workflow',
      params: pathParams(WORKFLOW),
      querystring: query({
        from: { ...VERSION, description: 'The older one. Default: the one before the newer.' },
        to: { ...VERSION, description: 'The newer one. Default: the latest.' },
      }),
      response: answers({ 200: DIFF_ANSWER }),
    },
    async handler(request) {
      const { namespace = '', from = 0, to = 0 } = request.query;
      const { workflow_id: workflowId } = request.params;
      const newer = { case: 'toVersion', value: to } as const;
      const asked = { namespace, workflowId, fromVersion: from, to: newer };
      return difference(await workflows.diffWorkflows(asked, callOptions(request)));
    },
  });

  app.route<{ Params: VersionParams; Querystring: NamespaceQuery; Body: DiffBody }>({
    method: 'POST',
    url: '/api/v1/workflows/:workflow_id/diff',
    schema: {
      operationId: 'diffWorkflowWithDefinition',
      tags: ['workflows'],
      summary: 'Compare a version of a workflow with a definition that is not stored',
      params: pathParams(WORKFLOW),
      querystring: query(),
      body: {
        ...fields({
          workflow: { type: ['string', 'object'], description: 'The newer one: an object, or YAML or JSON text.' },
          from: { ...VERSION, description: 'The older one. Default: the latest.' },
        }),
        examples: [{ workflow: { id: 'greeting', nodes: [{ id: 'greet', type: 'agent', agent_id: 'greeter' }] } }],
      },
      response: answers({ 200: DIFF_ANSWER }),
    },
    async handler(request) {
      const { workflow, from = 0 } = request.body;
      if (workflow === undefined) throw invalidField('workflow', 'give a definition', 'REQUIRED');
      const { namespace = '' } = request.query;
      const { workflow_id: workflowId } = request.params;
      const source = typeof workflow === 'string' ? workflow : JSON.stringify(workflow);
      const asked = { namespace, workflowId, fromVersion: from, to: { case: 'source', value: source } as const };
      return difference(await workflows.diffWorkflows(asked, callOptions(request)));
    },
  });

  for (const method of ['PUT', 'DELETE'] as const) {
    const undo = method === 'DELETE';
    app.route<{ Params: VersionParams; Querystring: NamespaceQuery & { reason?: string } }>({
      method,
      url: '/api/v1/workflows/:workflow_id/versions/:version/deprecation',
      schema: {
        operationId: undo ? 'undeprecateWorkflowVersion' : 'deprecateWorkflowVersion',
        tags: ['workflows'],
        summary: undo ? 'Let new runs start on a version again' : 'Mark a version as one that nothing should start on',
        description: 'Open runs of the version go on. The latest version is the latest that is not deprecated.',
        params: VERSION_PARAMS,
        querystring: undo
          ? query()
          : query({ reason: { type: 'string', maxLength: 1024, description: 'Why, and what to use instead.' } }),
        response: answers({ 200: { ...ref('WorkflowVersion'), description: 'The version as it is now.' } }),
      },
      async handler(request) {
        const { namespace = '', reason = '' } = request.query;
        const { workflow_id: workflowId, version } = request.params;
        const asked = { namespace, workflowId, version, reason, undo };
        const { workflow } = await workflows.deprecateWorkflowVersion(asked, callOptions(request));
        if (workflow === undefined) throw new Error('the scheduler answered without the version');
        return present(WorkflowVersionSchema, workflow);
      },
    });
  }
}

function difference({ from, to, changes, openRuns }: DiffWorkflowsResponse): object {
  return {
    ...(from === undefined ? {} : { from: present(WorkflowVersionSchema, from) }),
    ...(to === undefined ? {} : { to: present(WorkflowVersionSchema, to) }),
    changes: changes.map((change) => present(WorkflowChangeSchema, change)),
    open_runs: openRuns.map((replay) => present(RunReplaySchema, replay)),
  };
}
