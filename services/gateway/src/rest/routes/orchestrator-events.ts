/** Events in the words of the Go orchestrator: `{event_id, run_id, ts, type, payload}`, times in milliseconds. */
import { orchestratorEvent, type OrchestratorEvent } from '../../presentation/orchestrator-event.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pathParams, query, type NamespaceQuery } from '../route-schema.ts';

interface EventsQuery extends NamespaceQuery {
  readonly after_ts?: number;
  readonly types?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

const DEFAULT_LIMIT = 100;

const EVENT = fields(
  {
    event_id: { type: 'string', description: 'Identity; the same at every reading.' },
    run_id: { type: 'string', description: 'The run.' },
    ts: { type: 'number', description: 'When, in milliseconds since 1970.' },
    type: { type: 'string', description: 'Name of the event, such as `run_started`.' },
    payload: { type: 'object', additionalProperties: true, description: 'The fact itself.' },
  },
  ['event_id', 'run_id', 'ts', 'type', 'payload'],
);

/** `GET /v1/runs/:run_id/events`. */
export function orchestratorEventsRoute(app: RestApp, { events }: Clients): void {
  app.route<{ Params: { run_id: string }; Querystring: EventsQuery }>({
    method: 'GET',
    url: '/v1/runs/:run_id/events',
    schema: {
      operationId: 'orchestratorListEvents',
      tags: ['orchestrator', 'runs'],
      summary: 'Replay the events of a run',
      params: pathParams({ run_id: 'The run.' }),
      querystring: query({
        after_ts: { type: 'number', description: 'Only events after this time, in milliseconds since 1970.' },
        types: { type: 'string', description: 'Only events of these types, separated by commas.' },
        limit: {
          type: 'integer',
          minimum: 1,
          maximum: 1000,
          default: DEFAULT_LIMIT,
          description: 'At most this many.',
        },
        cursor: { type: 'string', description: '`next_cursor` of the page before.' },
      }),
      response: answers({
        200: {
          description: 'A page of events, oldest first.',
          ...fields(
            {
              events: { type: 'array', items: EVENT },
              has_more: { type: 'boolean', description: 'Whether there is a next page.' },
              next_cursor: { type: 'string', description: 'Empty: nothing more is known at this moment.' },
            },
            ['events', 'has_more', 'next_cursor'],
          ),
        },
      }),
    },
    async handler(request) {
      const { namespace = '', after_ts: afterMs = 0, types = '', limit = DEFAULT_LIMIT, cursor = '' } = request.query;
      const eventNames = types.split(',').filter((name) => name !== '');
      const filter = { namespace, runId: request.params.run_id, eventNames, includeTaskEvents: true };
      const found: OrchestratorEvent[] = [];
      let pageToken = cursor;
      do {
        const pageSize = limit - found.length;
        const page = await events.listEvents({ ...filter, pageSize, pageToken }, callOptions(request));
        for (const { entry } of page.entries) {
          const event = entry.case === undefined ? undefined : orchestratorEvent(entry);
          if (event !== undefined && event.ts > afterMs) found.push(event);
        }
        ({ nextPageToken: pageToken } = page);
      } while (pageToken !== '' && found.length < limit);
      return { events: found, has_more: pageToken !== '', next_cursor: pageToken };
    },
  });
}
