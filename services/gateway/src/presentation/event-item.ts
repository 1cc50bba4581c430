/** Events as REST, SSE and WebSocket show them: `{type, run_id, …, payload}`, the type being the contract's name. */
import type { DescMessage, JsonObject } from '@bufbuild/protobuf';
import { RunEventSchema, TaskEventSchema, type RunEvent, type TaskEvent } from '@skein/contracts/event';
import { StreamResetSchema, type SubscribeEventsResponse } from '@skein/contracts/eventlog';
import { eventName } from '@skein/events';
import { present } from './present.ts';
import { timestampText } from './time-text.ts';

/** Type of the item that tells a reader to forget what was streamed for a node. */
export const STREAM_RESET = 'stream_reset';

/** An event, ready to be written. */
export interface EventItem {
  readonly type: string;
  readonly json: JsonObject;
}

const payloadDescs = new Map<string, DescMessage>(
  [RunEventSchema, TaskEventSchema].flatMap(({ fields }) =>
    fields.flatMap((field) => (field.oneof && field.message ? [[field.localName, field.message] as const] : [])),
  ),
);

/** Message of an event's payload by the event's name, in the order of the contract. */
export const PAYLOAD_DESCS: ReadonlyMap<string, DescMessage> = new Map([
  ...[RunEventSchema, TaskEventSchema].flatMap(({ fields }) =>
    fields.flatMap((field) => (field.oneof && field.message ? [[field.name, field.message] as const] : [])),
  ),
  [STREAM_RESET, StreamResetSchema],
]);

/** A run event. */
export function runEventItem(event: RunEvent): EventItem {
  const type = eventName(event);
  const json: JsonObject = { type, namespace: event.namespace, run_id: event.runId, seq: Number(event.seq) };
  if (event.occurredAt !== undefined) json['occurred_at'] = timestampText(event.occurredAt);
  json['payload'] = payloadOf(event);
  return { type, json };
}

/** A task event. */
export function taskEventItem(event: TaskEvent): EventItem {
  const type = eventName(event);
  const { namespace, runId, nodeId, attempt, dispatch, taskSeq, occurredAt } = event;
  const json: JsonObject = { type, namespace, run_id: runId, node_id: nodeId, attempt, dispatch };
  json['task_seq'] = Number(taskSeq);
  if (occurredAt !== undefined) json['occurred_at'] = timestampText(occurredAt);
  json['payload'] = payloadOf(event);
  return { type, json };
}

/** An item of a followed run; undefined for one that only says that the stream is alive. */
export function followedItem({ item, cursor }: SubscribeEventsResponse, runId: string): EventItem | undefined {
  const shown = itemOf(item, runId);
  return shown === undefined ? undefined : { type: shown.type, json: { ...shown.json, cursor } };
}

function itemOf(item: SubscribeEventsResponse['item'], runId: string): EventItem | undefined {
  switch (item.case) {
    case 'runEvent':
      return runEventItem(item.value);
    case 'taskEvent':
      return taskEventItem(item.value);
    case 'streamReset': {
      const payload = present(StreamResetSchema, item.value);
      return { type: STREAM_RESET, json: { type: STREAM_RESET, run_id: runId, payload } };
    }
    case 'keepAlive':
    case undefined:
      return undefined;
  }
}

function payloadOf({ event }: RunEvent | TaskEvent): JsonObject {
  const desc = payloadDescs.get(event.case ?? '');
  return desc === undefined ? {} : present(desc, event.value as never);
}
