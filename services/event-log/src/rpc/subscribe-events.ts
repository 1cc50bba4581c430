import { Code, type MethodImpl } from '@connectrpc/connect';
import { create } from '@bufbuild/protobuf';
import {
  KeepAliveSchema,
  StreamResetSchema,
  SubscribeEventsResponseSchema,
  type EventService,
  type SubscribeEventsResponse,
} from '@skein/contracts/eventlog';
import { skeinError } from '@skein/rpc';
import { followRun, type FollowedItem } from '../app/follow-run.ts';
import { START, decodePosition, encodePosition } from '../domain/position.ts';
import { answerFor } from './answer-errors.ts';
import type { EventRpcParts } from './event-service.ts';
import { namespaceOf, runIdOf } from './request-fields.ts';

/** Names the one list that a cursor is good for; page tokens are of others. */
const LIST = 'follow';

/** EventService.SubscribeEvents. */
export function subscribeEventsRpc(parts: EventRpcParts): MethodImpl<typeof EventService.method.subscribeEvents> {
  return async function* subscribeEvents(request, context) {
    using _call = parts.calls.enter();
    try {
      const run = { namespace: namespaceOf(request.namespace), runId: runIdOf(request.runId) };
      const from = request.cursor === '' ? START : decodePosition(request.cursor, run, LIST);
      const signal = AbortSignal.any([context.signal, parts.calls.stopping]);
      const follow = { run, from, taskEvents: request.includeTaskEvents, signal };
      for await (const followed of followRun(parts, follow)) {
        if (followed.item.kind === 'run_event') await parts.payloads.redeem(run, [followed.item.event]);
        yield toMessage(followed, encodePosition(followed.position, run, LIST));
      }
      if (parts.calls.stopping.aborted) throw stopped();
    } catch (error) {
      throw answerFor(error, 'EventService/SubscribeEvents', parts.onDefect);
    }
  };
}

function toMessage({ item }: FollowedItem, cursor: string): SubscribeEventsResponse {
  return create(SubscribeEventsResponseSchema, { item: itemOf(item), cursor });
}

function itemOf(item: FollowedItem['item']): SubscribeEventsResponse['item'] {
  switch (item.kind) {
    case 'run_event':
      return { case: 'runEvent', value: item.event };
    case 'task_event':
      return { case: 'taskEvent', value: item.event };
    case 'stream_reset':
      return { case: 'streamReset', value: create(StreamResetSchema, { ...item.ref }) };
    case 'keep_alive':
      return { case: 'keepAlive', value: create(KeepAliveSchema) };
  }
}

function stopped() {
  return skeinError({
    reason: 'NOT_READY',
    code: Code.Unavailable,
    message: 'event-log stops',
    remedy: 'subscribe again from the last cursor',
    retryAfterMs: 100,
  });
}
