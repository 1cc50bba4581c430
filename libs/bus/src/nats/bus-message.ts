import type { JsMsg } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/nats-core';
import type { BusMessage } from '../event-bus.ts';
import { MESSAGE_ID_HEADER, TRACEPARENT_HEADER } from './event-publisher.ts';
import type { Subjects } from './subjects.ts';

/** An event batch as it came from the server. Throws a `RangeError` where the subject is not one of ours. */
export function toBusMessage(source: Msg | JsMsg, subjects: Subjects, deliveryCount: number): BusMessage {
  const traceparent = source.headers?.get(TRACEPARENT_HEADER);
  return {
    namespace: subjects.namespaceOf(source.subject),
    messageId: source.headers?.get(MESSAGE_ID_HEADER) ?? '',
    body: source.data,
    headers: traceparent ? { traceparent } : {},
    deliveryCount,
  };
}
