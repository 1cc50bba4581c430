import { Readable } from 'node:stream';
import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { RunSchema } from '@skein/contracts/scheduler';
import { HistoryFileError, historyLines, listedEvents, readHistoryFile, type HistoryFile } from '@skein/events';
import { skeinError } from '@skein/rpc';
import type { FastifyRequest } from 'fastify';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { compileValidator } from '../request-validation.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

const NDJSON = 'application/x-ndjson';
const PAGE_SIZE = 1000;
/** As JSON, with payloads in base64; what goes on to the scheduler is smaller. */
const IMPORT_LIMIT_BYTES = 16 * 1024 * 1024;

const EXAMPLE = [
  '{"skein_history":1,"namespace":"default","run_id":"01a1fea7-c958-752e-9c2b-8a88819042e4",…}',
  '{"id":"greeting","nodes":[…],"edges":[]}',
  '{"namespace":"default","runId":"01a1fea7-c958-752e-9c2b-8a88819042e4","seq":"1",…}',
  '',
].join('\n');

interface ExportRoute {
  Params: { readonly run_id: string };
  Querystring: NamespaceQuery & { readonly include_task_events?: boolean };
}

/** `GET /api/v1/runs/:run_id/export` and `POST /api/v1/runs/import`. */
export function runHistoryRoutes(parent: RestApp, clients: Clients): void {
  parent.route<ExportRoute>({
    method: 'GET',
    url: '/api/v1/runs/:run_id/export',
    schema: {
      operationId: 'exportRun',
      tags: ['runs'],
      summary: 'Export the history of a run',
      description: 'JSON lines: a header, the definition, then one event a line, as `skein runs export` writes them.',
      params: pathParams({ run_id: 'The run, a UUID.' }),
      querystring: query({
        include_task_events: { type: 'boolean', default: false, description: 'Streamed text and progress too.' },
      }),
      response: answers({
        200: { description: 'The history.', content: { [NDJSON]: { schema: { type: 'string' } } } },
      }),
    },
    async handler(request, reply) {
      const lines = exportedLines(clients, request);
      // What is wrong with the request is known with the first line, while an error can still be answered as one.
      const first = await lines.next();
      return reply.type(`${NDJSON}; charset=utf-8`).send(Readable.from(withLineEnds(first, lines)));
    },
  });

  void parent.register(async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(NDJSON, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.setValidatorCompiler((route) => (route.httpPart === 'body' ? () => true : compileValidator(route)));
    app.route<{ Querystring: NamespaceQuery; Body: unknown }>({
      method: 'POST',
      url: '/api/v1/runs/import',
      bodyLimit: IMPORT_LIMIT_BYTES,
      schema: {
        operationId: 'importRun',
        tags: ['runs'],
        summary: 'Import the history of a run that has ended',
        description: 'The run keeps its id. Streamed text is left out.',
        consumes: [NDJSON],
        querystring: query(),
        body: {
          content: {
            [NDJSON]: { schema: { type: 'string', description: 'As it was exported.', examples: [EXAMPLE] } },
          },
        },
        response: answers({ 201: { ...ref('Run'), description: 'The run, as it is shown from now on.' } }),
      },
      async handler(request, reply) {
        const { definition, runEvents } = historyIn(request.body);
        const { namespace = '' } = request.query;
        const content = { namespace, definition: definition as JsonObject, events: [...runEvents] };
        const { run } = await clients.runs.importRun(content, callOptions(request));
        if (run === undefined) throw new Error('the scheduler answered without the run');
        return reply.status(201).header('location', `/api/v1/runs/${run.runId}`).send(present(RunSchema, run));
      },
    });
  });
}

function exportedLines({ events, workflows }: Clients, request: FastifyRequest<ExportRoute>): AsyncGenerator<string> {
  const { namespace = '', include_task_events: includeTaskEvents = false } = request.query;
  const list = { namespace, runId: request.params.run_id, includeTaskEvents, pageSize: PAGE_SIZE };
  return historyLines({
    events: listedEvents((pageToken) => events.listEvents({ ...list, pageToken }, callOptions(request))),
    taskEvents: includeTaskEvents,
    async definitionOf(workflowId, version) {
      const { workflow } = await workflows.getWorkflow({ namespace, workflowId, version }, callOptions(request));
      if (workflow?.definition === undefined) throw new Error('the scheduler answered without the definition');
      return workflow.definition;
    },
  });
}

async function* withLineEnds(first: IteratorResult<string>, rest: AsyncIterable<string>): AsyncGenerator<string> {
  if (first.done !== true) yield `${first.value}\n`;
  for await (const line of rest) yield `${line}\n`;
}

function historyIn(body: unknown): HistoryFile {
  try {
    return readHistoryFile(typeof body === 'string' ? body : '');
  } catch (error) {
    if (!(error instanceof HistoryFileError)) throw error;
    throw skeinError({
      reason: 'INVALID_HISTORY',
      code: Code.InvalidArgument,
      message: error.message,
      place: `line ${error.line}`,
      remedy: error.remedy,
      cause: error,
    });
  }
}
