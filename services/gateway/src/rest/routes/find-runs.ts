import { Readable } from 'node:stream';
import {
  BulkOperation,
  BulkRunsRequestSchema,
  BulkRunsResponseSchema,
  CountRunsResponseSchema,
  type BulkRunsResponse,
} from '@skein/contracts/scheduler';
import { RunTimelineSchema } from '@skein/contracts/eventlog';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import { messageOfBody } from '../plain-body.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

const NDJSON = 'application/x-ndjson';
const OPERATIONS = Object.keys(BulkOperation)
  .filter((name) => !/^\d|^UNSPECIFIED$/.test(name))
  .map((name) => name.toLowerCase());

/** What `filter` is, wherever it is asked for. */
export const FILTER = {
  type: 'string',
  maxLength: 8192,
  description: "A condition, such as `state = FAILED and attr.customer = 'acme'`.",
} as const;

interface CountQuery extends NamespaceQuery {
  readonly filter?: string;
  readonly group_by?: string;
  readonly include_children?: boolean;
}

/** `GET /api/v1/runs/count`, `POST /api/v1/runs/bulk` and `GET /api/v1/runs/:run_id/timeline`. */
export function findRunRoutes(app: RestApp, clients: Clients): void {
  app.route<{ Querystring: CountQuery }>({
    method: 'GET',
    url: '/api/v1/runs/count',
    schema: {
      operationId: 'countRuns',
      tags: ['runs'],
      summary: 'Count runs, in all or by a field',
      querystring: query({
        filter: FILTER,
        group_by: { type: 'string', description: '`state`, `workflow_id` or `attr.NAME`.' },
        include_children: { type: 'boolean', default: false, description: 'Child runs too.' },
      }),
      response: answers({ 200: { ...ref('CountRunsResponse'), description: 'How many there are.' } }),
    },
    async handler(request) {
      const {
        namespace = '',
        filter = '',
        group_by: groupBy = '',
        include_children: includeChildren = false,
      } = request.query;
      const counted = await clients.runs.countRuns(
        { namespace, filter, groupBy, includeChildren },
        callOptions(request),
      );
      return present(CountRunsResponseSchema, counted);
    },
  });

  app.route<{ Querystring: NamespaceQuery; Body: object }>({
    method: 'POST',
    url: '/api/v1/runs/bulk',
    schema: {
      operationId: 'bulkRuns',
      tags: ['runs'],
      summary: 'Do the same to every run that a filter finds',
      description: [
        'Answers JSON lines that say how far it is; the last one has `finished`. With `dry_run` it only counts. Every step',
        'may be repeated: a stream that breaks is continued with `after_run_id`, or the request given again whole.',
      ].join('\n'),
      querystring: query(),
      body: {
        ...fields(
          {
            filter: FILTER,
            operation: { type: 'string', enum: OPERATIONS, description: 'What is done to each run.' },
            dry_run: { type: 'boolean', default: false, description: 'Only says how many runs there are.' },
            after_run_id: { type: 'string', description: 'Only runs after this one: `last_run_id` of before.' },
            reason: { type: 'string', maxLength: 1024, description: 'Why, for people.' },
            signal_name: { type: 'string', maxLength: 128, description: 'Required for `signal`.' },
            signal_payload: { description: 'What comes with the signal, any JSON.' },
            bulk_id: {
              type: 'string',
              maxLength: 128,
              description: 'The same id again starts no second retry and sends no second signal. Required for both.',
            },
            include_children: { type: 'boolean', default: false, description: 'Child runs too.' },
          },
          ['filter', 'operation'],
        ),
        examples: [{ filter: "state = WAITING and attr.customer = 'acme'", operation: 'cancel', dry_run: true }],
      },
      response: answers({
        200: { description: 'How far it is.', content: { [NDJSON]: { schema: ref('BulkRunsResponse') } } },
      }),
    },
    async handler(request, reply) {
      const message = messageOfBody(BulkRunsRequestSchema, request.body);
      message.namespace = request.query.namespace ?? '';
      const left = new AbortController();
      // However long it takes.
      const { signal } = callOptions(request);
      const stream = clients.runs.bulkRuns(message, { signal: AbortSignal.any([signal, left.signal]) });
      const reports = stream[Symbol.asyncIterator]();
      // What is wrong with the request is known with the first report, while an error can still be answered as one.
      const first = await reports.next();
      const lines = reportLines(first, reports, left);
      return reply.type(`${NDJSON}; charset=utf-8`).send(Readable.from(lines));
    },
  });

  app.route<{ Params: { run_id: string }; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/runs/:run_id/timeline',
    schema: {
      operationId: 'getRunTimeline',
      tags: ['runs'],
      summary: 'When each node of a run was scheduled, worked, waited and ended',
      params: pathParams({ run_id: 'The run, a UUID.' }),
      querystring: query(),
      response: answers({ 200: { ...ref('RunTimeline'), description: 'The time line, as far as it is known.' } }),
    },
    async handler(request) {
      const { namespace = '' } = request.query;
      const answer = await clients.events.getRunTimeline(
        { namespace, runId: request.params.run_id },
        callOptions(request),
      );
      if (answer.timeline === undefined) throw new Error('event-log answered without the time line');
      return present(RunTimelineSchema, answer.timeline);
    },
  });
}

async function* reportLines(
  first: IteratorResult<BulkRunsResponse>,
  reports: AsyncIterator<BulkRunsResponse>,
  left: AbortController,
): AsyncGenerator<string> {
  try {
    for (let report = first; report.done !== true; report = await reports.next()) {
      yield `${JSON.stringify(present(BulkRunsResponseSchema, report.value))}\n`;
    }
  } finally {
    // Whoever stops reading stops the operation.
    left.abort();
  }
}
