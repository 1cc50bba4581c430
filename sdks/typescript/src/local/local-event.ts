/**
 * Events as the REST API shows them: the kernel's facts under the contract's names.
 *
 * V1. Names are in snake_case; payloads are the JSON they hold, bytes hexadecimal, words of enums in capitals.
 * V2. What ends in `Ms` is a timestamp, or for `latencyMs` a duration, under the name without it.
 * V3. Absent values and empty texts are left out.
 */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { Payload, searchAttributeJson, type RunEvent, type SearchAttributes } from '@skein/domain';

/** One fact about a run. */
export interface LocalEvent {
  /** Such as `node_succeeded`; docs/events.md has them all. */
  readonly type: RunEvent['kind'];
  readonly runId: string;
  /** From 1, without a gap. */
  readonly seq: number;
  readonly occurredAt: Date;
  /** As in `GET /api/v1/runs/{run_id}/events`. */
  readonly payload: JsonObject;
}

/** An event, ready to be handed out. */
export function localEvent(event: RunEvent, runId: string, seq: number, occurredAtMs: number): LocalEvent {
  const { kind: type, ...fields } = event;
  const payload = fieldsOf(fields);
  if (WORD_REASONS.has(type)) payload['reason'] = (payload['reason'] as string).toUpperCase();
  return { type, runId, seq, occurredAt: new Date(occurredAtMs), payload };
}

/** Groups whose one member stands in their place. */
const INLINED: ReadonlySet<string> = new Set(['outcome', 'result']);
const DURATIONS: ReadonlySet<string> = new Set(['latencyMs', 'retryAfterMs']);
/** Events whose reason is a word of an enum; elsewhere it is somebody's text. */
const WORD_REASONS: ReadonlySet<string> = new Set(['node_skipped', 'task_dispatch_lost']);
/** Further words of enums, by field. */
const WORDS: ReadonlySet<string> = new Set(['kind']);
/** JSON values, whose members are the author's. */
const VALUES: ReadonlySet<string> = new Set(['details', 'schema', 'state', 'labels']);

function fieldsOf(fields: object): JsonObject {
  const json: JsonObject = {};
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined || value === '') continue;
    if (INLINED.has(name)) Object.assign(json, fieldsOf(value as object));
    else if (name === 'collected') json['output_collection'] = (value as string).toUpperCase();
    else if (WORDS.has(name)) json[snake(name)] = (value as string).toUpperCase();
    else if (name === 'searchAttributes') json[snake(name)] = attributesJson(value as SearchAttributes);
    else if (VALUES.has(name)) json[snake(name)] = value as JsonValue;
    else if (DURATIONS.has(name)) json[snake(name.slice(0, -2))] = `${Number(value) / 1000}s`;
    else if (name.endsWith('Ms')) json[snake(name.slice(0, -2))] = new Date(Number(value)).toISOString();
    else json[snake(name)] = shown(value);
  }
  return json;
}

function shown(value: unknown): JsonValue {
  if (value instanceof Payload) return value.value as JsonValue;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value === 'object' && value !== null) return fieldsOf(value);
  return value as JsonValue;
}

function attributesJson(attributes: SearchAttributes): JsonObject {
  const entries = Object.entries(attributes).map(([name, value]) => [name, searchAttributeJson(value) as JsonValue]);
  return Object.fromEntries(entries) as JsonObject;
}

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
