import { isDeepStrictEqual } from 'node:util';
import type { RunEvent } from './event.ts';
import { Payload } from './payload.ts';

/** Names of the fields in which two events of one kind differ, in the kernel's spelling; empty: they are the same. */
export function differingFields(recorded: RunEvent, decided: RunEvent): readonly string[] {
  const before = plainFields(recorded);
  const after = plainFields(decided);
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** An event as JSON: payloads as the values they hold, bytes as hexadecimal digits, nothing that is undefined. */
export function plainFields(event: RunEvent): Readonly<Record<string, unknown>> {
  return plainObject(event);
}

function plainObject(value: object): Record<string, unknown> {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, plainValue(name, field)]));
}

function plainValue(name: string, value: unknown): unknown {
  if (value instanceof Payload) return value.value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map((item) => plainValue(name, item));
  // Times travel with nanoseconds; what is left of a millisecond after the way there and back says nothing.
  if (typeof value === 'number') return name.endsWith('Ms') ? Math.round(value) : value;
  return typeof value === 'object' && value !== null ? plainObject(value) : value;
}

/** Where to look when an event comes out different. */
export function hintFor(recorded: RunEvent, decided: RunEvent, fields: readonly string[]): string {
  if (recorded.kind !== decided.kind) return kindHint(recorded, decided);
  const known = FIELD_HINTS.find(([name]) => fields.includes(name));
  return known?.[1] ?? 'the definition gives this event another content';
}

const FIELD_HINTS: readonly (readonly [string, string])[] = [
  ['workflowId', 'the definition is of another workflow'],
  ['nodeId', 'the run goes on at another node: look at the edges, joins and conditions before it'],
  ['nextNodeIds', 'another way is taken from here: look at the edges of the node and their conditions'],
  ['inputDigest', 'the input comes out different: look at `input`, the prompts and `merge` of the node'],
  ['inputSeqs', 'the input is made of other outputs: look at `input` of the node and at the edges before it'],
  ['retryAtMs', 'the wait before the next attempt is outside what `retry` of the node allows'],
  ['agentId', 'the node calls another agent'],
  ['model', 'the node calls another model'],
  ['missingPaths', 'conditions ask for other values'],
  ['result', 'the output comes out different: look at the expression that makes it'],
  ['reason', 'the node is skipped for another reason: look at `when`, `on_error` and the edges before it'],
  ['failure', 'the failure reads different: look at the timeouts and `delivery` of the node'],
];

function kindHint(recorded: RunEvent, decided: RunEvent): string {
  const kinds = new Set([recorded.kind, decided.kind]);
  if (kinds.has('node_retry_scheduled')) return 'look at `retry`, `timeouts` and `delivery` of the node';
  if (kinds.has('node_failed')) return 'look at `on_error` of the node and at its error edges';
  if (kinds.has('node_skipped')) return 'look at `when` and `join` of the node, and at the conditions before it';
  if (kinds.has('run_done')) return 'the run ends earlier or later: nodes were added or removed';
  return 'the run goes on at another node: look at the edges, joins and conditions before it';
}
