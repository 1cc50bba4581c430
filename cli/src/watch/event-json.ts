import type { JsonValue } from '@bufbuild/protobuf';
import { RunEventSchema, TaskEventSchema, type RunEvent, type TaskEvent } from '@skein/contracts/event';
import { StreamResetSchema, type EventEntry } from '@skein/contracts/eventlog';
import { plainJson } from '../output/plain-json.ts';
import type { FollowedItem } from './follow-run.ts';

/** An event as scripts get it: its name, where it belongs, and what it says under `data`. */
export type EventJson = { readonly name: string; readonly data: JsonValue } & { readonly [field: string]: JsonValue };

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
  return { name: 'unknown', data: null };
}

/** An item of a followed run, with the cursor to go on after it. */
export function itemJson({ item, cursor }: FollowedItem): EventJson {
  switch (item.case) {
    case 'runEvent':
      return { ...runEventJson(item.value), cursor };
    case 'taskEvent':
      return { ...taskEventJson(item.value), cursor };
    case 'streamReset':
      return { name: 'stream_reset', data: plainJson(StreamResetSchema, item.value), cursor };
  }
}

/** Moves the one field that is set among `cases` to `name` and `data`. */
function named(json: JsonValue, cases: readonly { readonly name: string }[]): EventJson {
  const fields = { ...(json as Record<string, JsonValue>) };
  const name = cases.find((field) => field.name in fields)?.name ?? 'unknown';
  const data = fields[name] ?? null;
  delete fields[name];
  return { name, ...fields, data };
}
