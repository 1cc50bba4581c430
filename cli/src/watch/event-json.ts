import type { JsonValue } from '@bufbuild/protobuf';
import { RunEventSchema, TaskEventSchema, type RunEvent, type TaskEvent } from '@skein/contracts/event';
import { StreamResetSchema, type EventEntry } from '@skein/contracts/eventlog';
import { plainJson } from '../output/plain-json.ts';
import type { FollowedItem } from './follow-run.ts';

/** An event as scripts get it, in the same form as REST: its type, where it belongs, and what it says. */
export type EventJson = { readonly type: string; readonly payload: JsonValue } & {
  readonly [field: string]: JsonValue;
};

/** A run event. */
export function runEventJson(event: RunEvent): EventJson {
  return named(plainJson(RunEventSchema, event), RunEventSchema.oneofs[0]?.fields ?? []);
}

/** A task event. */
export function taskEventJson(event: TaskEvent): EventJson {
  return named(plainJson(TaskEventSchema, event), TaskEventSchema.oneofs[0]?.fields ?? []);
}

/** An entry of a list. */
export function entryJson({ entry }: EventEntry): EventJson {
  if (entry.case === 'runEvent') return runEventJson(entry.value);
  if (entry.case === 'taskEvent') return taskEventJson(entry.value);
  return { type: 'unknown', payload: null };
}

/** An item of a followed run, with the cursor to go on after it. */
export function itemJson({ item, cursor }: FollowedItem): EventJson {
  switch (item.case) {
    case 'runEvent':
      return { ...runEventJson(item.value), cursor };
    case 'taskEvent':
      return { ...taskEventJson(item.value), cursor };
    case 'streamReset':
      return { type: 'stream_reset', payload: plainJson(StreamResetSchema, item.value), cursor };
  }
}

/** Moves the one field that is set among `cases` to `type` and `payload`. */
function named(json: JsonValue, cases: readonly { readonly name: string }[]): EventJson {
  const fields = { ...(json as Record<string, JsonValue>) };
  const type = cases.find((field) => field.name in fields)?.name ?? 'unknown';
  const payload = fields[type] ?? null;
  delete fields[type];
  return { type, ...fields, payload };
}
