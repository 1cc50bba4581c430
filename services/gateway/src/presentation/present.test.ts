import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, ScalarType, type DescField, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import {
  AgentInvokeDoneSchema,
  AgentStreamDeltaSchema,
  NodeScheduledSchema,
  RunEventSchema,
  RunStartedSchema,
} from '@skein/contracts/event';
import { CompletionSchema, ModelSchema } from '@skein/contracts/llm';
import { AgentSchema } from '@skein/contracts/registry';
import { RunSchema, WorkflowProblemSchema, WorkflowVersionSchema } from '@skein/contracts/scheduler';
import { EVENT_NAMES, valueOfJson } from '@skein/events';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PAYLOAD_DESCS, runEventItem } from './event-item.ts';
import { eventSchemas } from './event-schema.ts';
import { messageSchemas } from './message-schema.ts';
import { present } from './present.ts';
import { durationText, parseDurationMs, timestampText } from './time-text.ts';

const utf8 = new TextEncoder();

/** A value for every field, so that nothing is left out. */
function filled(desc: DescMessage, depth = 0): Record<string, unknown> {
  switch (desc.typeName) {
    case 'google.protobuf.Value':
      return { ...valueOfJson({ any: ['json', 1, null] }) };
    case 'google.protobuf.Struct':
      return { some: 'struct' };
    case 'skein.type.v1.Payload':
      return { json: utf8.encode('{"pay":"load"}') };
  }
  const fields: Record<string, unknown> = {};
  for (const field of desc.fields) {
    const value = fieldValue(field, depth);
    if (field.oneof === undefined) fields[field.localName] = value;
    else fields[field.oneof.localName] = { case: field.localName, value };
  }
  return fields;
}

function fieldValue(field: DescField, depth: number): unknown {
  const single =
    field.message !== undefined
      ? depth > 4
        ? undefined
        : filled(field.message, depth + 1)
      : (field.enum?.values.at(-1)?.number ?? scalarValue(field.scalar));
  if (field.fieldKind === 'list') return [single];
  return field.fieldKind === 'map' ? { key: single } : single;
}

function scalarValue(scalar: ScalarType | undefined): unknown {
  switch (scalar) {
    case ScalarType.STRING:
      return 'text';
    case ScalarType.BOOL:
      return true;
    case ScalarType.BYTES:
      return new Uint8Array([1, 171]);
    case ScalarType.INT64:
      return 7n;
    default:
      return 7;
  }
}

function init<Desc extends DescMessage>(desc: Desc): MessageInitShape<Desc> {
  return filled(desc) as MessageInitShape<Desc>;
}

test('whatever a message holds, or lacks, keeps to its schema', () => {
  const shown = [RunSchema, AgentSchema, WorkflowVersionSchema, WorkflowProblemSchema, CompletionSchema, ModelSchema];
  const descs: DescMessage[] = [...shown, ...PAYLOAD_DESCS.values()];
  const ajv = new Ajv2020({ strict: false, validateFormats: false, schemas: messageSchemas(descs) as object[] });
  for (const desc of descs) {
    const check = ajv.getSchema(desc.name);
    for (const message of [create(desc, init(desc)), create(desc)]) {
      const json = JSON.parse(JSON.stringify(present(desc, message))) as unknown;
      assert.ok(check?.(json), `${desc.name}: ${ajv.errorsText(check?.errors)} in ${JSON.stringify(json)}`);
    }
  }
});

test('every event of the contract has a variant', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, schemas: eventSchemas() as object[] });
  const check = ajv.getSchema('EventItem');
  assert.deepEqual([...PAYLOAD_DESCS.keys()], [...EVENT_NAMES, 'stream_reset']);
  for (const field of RunEventSchema.fields) {
    if (field.oneof === undefined || field.message === undefined) continue;
    const event = { case: field.localName, value: init(field.message) } as never;
    const message = create(RunEventSchema, { namespace: 'n', runId: 'r', seq: 3n, occurredAt: { seconds: 1n }, event });
    const { type, json } = runEventItem(message);
    assert.equal(type, field.name);
    assert.ok(check?.(json), `${type}: ${ajv.errorsText(check?.errors)}`);
  }
});

test('payloads are JSON, bytes hexadecimal, positions numbers, one case of a oneof a field', () => {
  const done = create(AgentInvokeDoneSchema, {
    nodeId: 'n',
    attempt: 1,
    outcome: { case: 'output', value: { json: utf8.encode('{"é":[1.5,null]}') } },
    latency: { seconds: 1n, nanos: 500_000_000 },
    streamedBytes: 12n,
  });
  assert.deepEqual(present(AgentInvokeDoneSchema, done), {
    node_id: 'n',
    attempt: 1,
    dispatch: 0,
    output: { é: [1.5, null] },
    latency: '1.5s',
    streamed_bytes: 12,
  });
  const scheduled = create(NodeScheduledSchema, { inputDigest: new Uint8Array([0, 255]), inputSeqs: [1n, 2n] });
  assert.deepEqual(present(NodeScheduledSchema, scheduled), { attempt: 0, input_digest: '00ff', input_seqs: [1, 2] });
  const started = create(RunStartedSchema, { input: { json: new Uint8Array() } });
  assert.deepEqual(present(RunStartedSchema, started), {
    workflow_version: 0,
    input: null,
    labels: {},
    search_attributes: {},
  });
  assert.deepEqual(present(AgentStreamDeltaSchema, create(AgentStreamDeltaSchema)), { offset_bytes: 0 });
});

test('times are texts', () => {
  assert.equal(
    timestampText(create(TimestampSchema, { seconds: 1_794_000_000n, nanos: 7_000_000 })),
    '2026-11-06T21:20:00.007Z',
  );
  const texts = [
    [0n, 0],
    [90n, 0],
    [0n, 1],
    [-1n, -500_000_000],
    [0n, -250_000_000],
  ].map(([seconds, nanos]) =>
    durationText(create(DurationSchema, { seconds: BigInt(seconds ?? 0), nanos: Number(nanos) })),
  );
  assert.deepEqual(texts, ['0s', '90s', '0.000000001s', '-1.5s', '-0.25s']);
  assert.deepEqual(['500ms', '30s', '1.5m', '2h', '0s', '30', '-1s', '1d', ''].map(parseDurationMs), [
    500,
    30_000,
    90_000,
    7_200_000,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
