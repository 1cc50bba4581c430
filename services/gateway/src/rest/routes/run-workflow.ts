import { invalidField } from '../../errors/invalid-request.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams } from '../route-schema.ts';
import { START_ANSWERS, START_FIELDS, START_HEADERS, START_QUERY, startRun } from '../start-run.ts';
import type { StartBody, StartQuery } from '../start-run.ts';

interface VersionedBody extends StartBody {
  readonly version?: number;
  readonly force?: boolean;
}

interface TargetBody extends VersionedBody {
  readonly workflow_id?: string;
  readonly workflow?: string | object;
}

const VERSION = { type: 'integer', minimum: 1, maximum: 4_294_967_295, description: 'Default: the latest.' };
const FORCE = { type: 'boolean', default: false, description: 'Start on a deprecated version all the same.' };
const EXAMPLE = { input: { ticket: 'I was charged twice for my subscription.' }, wait: '30s' };

/** `POST /api/v1/workflows/:workflow_id/run` and `POST /api/v1/workflows/run`. */
export function runWorkflowRoutes(app: RestApp, clients: Clients): void {
  app.route<{ Params: { workflow_id: string }; Querystring: StartQuery; Body: VersionedBody }>({
    method: 'POST',
    url: '/api/v1/workflows/:workflow_id/run',
    schema: {
      operationId: 'runWorkflow',
      tags: ['workflows', 'runs'],
      summary: 'Start a run of a workflow',
      description: 'Once answered, the run is durable. With `wait`, the answer comes when the run has ended.',
      params: pathParams({ workflow_id: 'The workflow.' }),
      querystring: START_QUERY,
      headers: START_HEADERS,
      body: { ...fields({ ...START_FIELDS, version: VERSION, force: FORCE }), examples: [EXAMPLE] },
      response: answers(START_ANSWERS),
    },
    handler: (request, reply) => {
      const { version = 0, force = false } = request.body;
      const value = { workflowId: request.params.workflow_id, version, force };
      return startRun(clients, request, reply, { case: 'workflow', value });
    },
  });

  app.route<{ Querystring: StartQuery; Body: TargetBody }>({
    method: 'POST',
    url: '/api/v1/workflows/run',
    schema: {
      operationId: 'runWorkflowByBody',
      tags: ['workflows', 'runs'],
      summary: 'Start a run of a workflow that the body names or holds',
      description:
        'A definition in `workflow` is applied first, as by POST /api/v1/workflows; the run is of that version.',
      querystring: START_QUERY,
      headers: START_HEADERS,
      body: {
        ...fields({
          workflow_id: { type: 'string', description: 'A stored workflow.' },
          workflow: { type: ['string', 'object'], description: 'A definition: an object, or YAML or JSON text.' },
          version: VERSION,
          force: FORCE,
          ...START_FIELDS,
        }),
        examples: [{ workflow_id: 'customer-support-workflow', ...EXAMPLE }],
      },
      response: answers(START_ANSWERS),
    },
    handler: async (request, reply) => {
      const { workflow_id: workflowId, workflow, version = 0, force = false } = request.body;
      if ((workflowId === undefined) === (workflow === undefined)) {
        throw invalidField('workflow_id', 'give workflow_id or workflow, and only one of them', 'REQUIRED');
      }
      if (workflowId !== undefined) {
        return startRun(clients, request, reply, { case: 'workflow', value: { workflowId, version, force } });
      }
      if (version !== 0) throw invalidField('version', 'leave it out: the version is that of the definition given');
      const source = typeof workflow === 'string' ? workflow : JSON.stringify(workflow);
      const { namespace = '' } = request.query;
      const definition = { case: 'source', value: source } as const;
      const applied = await clients.workflows.applyWorkflow({ namespace, definition }, callOptions(request));
      if (applied.workflow === undefined) throw new Error('the scheduler answered a definition without its version');
      const { workflowId: appliedId, version: appliedVersion } = applied.workflow;
      const value = { workflowId: appliedId, version: appliedVersion };
      return startRun(clients, request, reply, { case: 'workflow', value });
    },
  });
}
