import { RunReplaySchema, WorkflowProblemSchema, WorkflowVersionSchema } from '@skein/contracts/scheduler';
import type { FastifyRequest } from 'fastify';
import { invalidField } from '../../errors/invalid-request.ts';
import { ref, type JsonSchema } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { compileValidator } from '../request-validation.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, query, type NamespaceQuery } from '../route-schema.ts';

interface DefinitionRoute {
  Querystring: NamespaceQuery & { readonly against_runs?: number };
  Body: unknown;
}

/** Content types of definitions. All go on as text: problems then name lines and columns. */
const DEFINITION_TYPES = ['application/json', 'application/yaml', 'text/yaml', 'application/x-yaml'];

const YAML_EXAMPLE = [
  'id: greeting',
  'nodes:',
  '  - { id: greet, type: agent, agent_id: greeter }',
  'edges: []',
  '',
].join('\n');
const JSON_EXAMPLE = { id: 'greeting', nodes: [{ id: 'greet', type: 'agent', agent_id: 'greeter' }], edges: [] };

const BODY: JsonSchema = {
  content: Object.fromEntries(
    DEFINITION_TYPES.map((type) => [
      type,
      {
        schema: type.endsWith('json')
          ? { type: 'object', description: 'A definition in any accepted dialect.', examples: [JSON_EXAMPLE] }
          : { type: 'string', description: 'A definition in any accepted dialect.', examples: [YAML_EXAMPLE] },
      },
    ]),
  ),
};

const PROBLEMS = { type: 'array', items: ref('WorkflowProblem') };

/** `POST /api/v1/workflows` and `POST /api/v1/workflows/validate`. */
export function applyWorkflowRoutes(parent: RestApp, { workflows }: Clients): void {
  void parent.register(async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(DEFINITION_TYPES, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    // The scheduler reads the text, and says more about it than a schema could.
    app.setValidatorCompiler((route) => (route.httpPart === 'body' ? () => true : compileValidator(route)));
    const tags = ['workflows'];
    const consumes = DEFINITION_TYPES;

    app.route<DefinitionRoute>({
      method: 'POST',
      url: '/api/v1/workflows',
      schema: {
        operationId: 'applyWorkflow',
        tags,
        consumes,
        summary: 'Store a workflow definition',
        description: 'A definition equal to the latest version changes nothing; any other becomes the next version.',
        querystring: query(),
        body: BODY,
        response: answers({ 200: stored('It was the latest already.'), 201: stored('It is the latest now.') }),
      },
      async handler(request, reply) {
        const applied = await workflows.applyWorkflow(definitionOf(request), callOptions(request));
        if (applied.workflow === undefined) throw new Error('the scheduler answered without the workflow');
        reply.status(applied.created ? 201 : 200);
        reply.header('location', `/api/v1/workflows/${applied.workflow.workflowId}`);
        return {
          workflow: present(WorkflowVersionSchema, applied.workflow),
          created: applied.created,
          warnings: applied.warnings.map((problem) => present(WorkflowProblemSchema, problem)),
        };
      },
    });

    app.route<DefinitionRoute>({
      method: 'POST',
      url: '/api/v1/workflows/validate',
      schema: {
        operationId: 'validateWorkflow',
        tags,
        consumes,
        summary: 'Say what is wrong with a definition, and store nothing',
        querystring: query({
          against_runs: {
            type: 'integer',
            minimum: 0,
            maximum: 100,
            default: 0,
            description: 'Replay so many of the newest runs of the workflow on it, open and ended.',
          },
        }),
        body: BODY,
        response: answers({ 200: VALIDATED }),
      },
      async handler(request) {
        const { valid, problems, definition, replays } = await workflows.validateWorkflow(
          { ...definitionOf(request), againstRuns: request.query.against_runs ?? 0 },
          callOptions(request),
        );
        return {
          valid,
          problems: problems.map((problem) => present(WorkflowProblemSchema, problem)),
          ...(definition === undefined ? {} : { definition }),
          ...(replays.length === 0 ? {} : { replays: replays.map((replay) => present(RunReplaySchema, replay)) }),
        };
      },
    });
  });
}

function definitionOf({ body, query: { namespace = '' } }: FastifyRequest<DefinitionRoute>) {
  if (typeof body !== 'string' || body === '') throw invalidField('body', 'send a definition', 'REQUIRED');
  return { namespace, definition: { case: 'source', value: body } } as const;
}

function stored(description: string): JsonSchema {
  const created = { type: 'boolean', description: 'Whether a version was made.' };
  const properties = { workflow: ref('WorkflowVersion'), created, warnings: PROBLEMS };
  return { description, ...fields(properties, Object.keys(properties)) };
}

const VALIDATED: JsonSchema = {
  description: 'What is wrong, and the normalized definition where nothing is.',
  ...fields(
    {
      valid: { type: 'boolean', description: 'Whether the definition would be stored.' },
      problems: PROBLEMS,
      definition: { type: 'object', additionalProperties: true, description: 'The normalized definition.' },
      replays: { type: 'array', items: ref('RunReplay'), description: 'Of `against_runs`, newest first.' },
    },
    ['valid', 'problems'],
  ),
};
