import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import {
  EventEntrySchema,
  type EventEntry,
  type EventService,
  type ListEventsRequest,
} from '@skein/contracts/eventlog';
import { EVENT_NAMES } from '@skein/events';
import { listRunEvents, type ListEntry, type ListQuery } from '../app/list-run-events.ts';
import { decodePosition, encodePosition } from '../domain/position.ts';
import { answerFor } from './answer-errors.ts';
import type { EventRpcParts } from './event-service.ts';
import { invalidField, namespaceOf, pageSizeOf, runIdOf, seqOf } from './request-fields.ts';

/** EventService.ListEvents. */
export function listEventsRpc(parts: EventRpcParts): MethodImpl<typeof EventService.method.listEvents> {
  const tasks = { store: parts.tasks, clock: parts.clock, observer: parts.observer };
  return async (request) => {
    using _call = parts.calls.enter();
    try {
      const query = queryOf(request);
      const { entries, next } = await listRunEvents({ history: parts.history, tasks }, query);
      await parts.payloads.redeem(
        query.run,
        entries.flatMap((entry) => (entry.kind === 'run_event' ? [entry.event] : [])),
      );
      const nextPageToken = next === undefined ? '' : encodePosition(next, query.run, listOf(query));
      return { entries: entries.map(toMessage), nextPageToken };
    } catch (error) {
      throw answerFor(error, 'EventService/ListEvents', parts.onDefect);
    }
  };
}

function queryOf(request: ListEventsRequest): ListQuery {
  const run = { namespace: namespaceOf(request.namespace), runId: runIdOf(request.runId) };
  const eventNames = new Set(request.eventNames);
  for (const name of eventNames) {
    if (!EVENT_NAMES.includes(name)) throw invalidField('event_names', `give some of ${EVENT_NAMES.join(', ')}`);
  }
  const taskEvents = request.includeTaskEvents;
  const pageSize = pageSizeOf(request.pageSize);
  const first = { seq: seqOf('after_seq', request.afterSeq), open: [] };
  const { pageToken } = request;
  const from = pageToken === '' ? first : decodePosition(pageToken, run, listOf({ eventNames, taskEvents }));
  return { run, from, eventNames, taskEvents, pageSize, minSeq: seqOf('min_seq', request.minSeq) };
}

/** Names the list that a page token is good for. */
function listOf({ eventNames, taskEvents }: Pick<ListQuery, 'eventNames' | 'taskEvents'>): string {
  return `list ${taskEvents} ${[...eventNames].toSorted().join(' ')}`;
}

function toMessage(entry: ListEntry): EventEntry {
  return create(EventEntrySchema, {
    entry:
      entry.kind === 'run_event' ? { case: 'runEvent', value: entry.event } : { case: 'taskEvent', value: entry.event },
  });
}
