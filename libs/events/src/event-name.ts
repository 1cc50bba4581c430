import { RunEventSchema, TaskEventSchema, type RunEvent, type TaskEvent } from '@skein/contracts/event';

const nameByCase = new Map(
  [RunEventSchema, TaskEventSchema].flatMap((schema) =>
    schema.oneofs.flatMap((oneof) => oneof.fields.map((field) => [field.localName, field.name] as const)),
  ),
);

/** Every event name, run events before task events, as the contract lists them. */
export const EVENT_NAMES: readonly string[] = [...nameByCase.values()];

/** The name of an event, such as `agent_stream_delta`; empty for one of a newer version. */
export function eventName(message: RunEvent | TaskEvent): string {
  return nameByCase.get(message.event.case ?? '') ?? '';
}
