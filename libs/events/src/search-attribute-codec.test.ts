import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { StartRunRequestSchema } from '@skein/contracts/scheduler';
import { SearchAttributeSchema } from '@skein/contracts/type';
import { Payload, type RunEvent } from '@skein/domain';
import { messageFromPlain, PlainMessageError } from './plain-message.ts';
import { searchAttributesFromMessages, searchAttributesToMessages } from './search-attribute-codec.ts';
import { decodeTransition, encodeTransition } from './transition-codec.ts';

const ATTRIBUTES = {
  text: 'acme',
  whole: -5,
  broken: 0.5,
  yes: true,
  due: { timestampMs: 1_793_000_000_123 },
  tags: ['a', 'b'],
  none: [],
};

test('attributes travel as they are', () => {
  const messages = searchAttributesToMessages(ATTRIBUTES);
  assert.deepEqual(searchAttributesFromMessages(messages), ATTRIBUTES);
  assert.deepEqual(searchAttributesFromMessages({ empty: create(SearchAttributeSchema) }), {});
  const whole = create(SearchAttributeSchema, { value: { case: 'doubleValue', value: 5 } });
  const [same] = Object.values(searchAttributesToMessages(searchAttributesFromMessages({ whole })));
  assert.deepEqual(same?.value, { case: 'intValue', value: 5n });
});

test('attributes and memo are in the first event of a run', () => {
  const started: RunEvent = {
    kind: 'run_started',
    workflowId: 'w',
    workflowVersion: 1,
    definition: undefined,
    input: Payload.fromValue({}),
    labels: {},
    sessionId: '',
    traceparent: '',
    parent: undefined,
    bodyPath: '',
    forkedFrom: undefined,
  };
  const roundTrip = (event: RunEvent) => {
    return decodeTransition(encodeTransition({ occurredAtMs: 1, events: [event] })).events[0];
  };
  const without = Object.keys(roundTrip(started) ?? {});
  assert.ok(!without.includes('searchAttributes') && !without.includes('memo'), 'what is not given is not there');
  const back = roundTrip({ ...started, searchAttributes: ATTRIBUTES, memo: Payload.fromValue({ note: 'x' }) });
  assert.ok(back?.kind === 'run_started');
  assert.deepEqual(back.searchAttributes, ATTRIBUTES);
  assert.deepEqual(back.memo?.value, { note: 'x' });
});

test('attributes are written by people as JSON', () => {
  const json = { text: 'acme', whole: -5, broken: 0.5, yes: true, tags: ['a', 'b'], none: [] };
  const due = { timestamp: new Date(ATTRIBUTES.due.timestampMs).toISOString() };
  const request = messageFromPlain(StartRunRequestSchema, { search_attributes: { ...json, due }, memo: { note: 'x' } });
  assert.deepEqual(searchAttributesFromMessages(request.searchAttributes), ATTRIBUTES);
  assert.deepEqual(request.memo, { note: 'x' });
  for (const wrong of [null, { a: 1 }, [1]]) {
    assert.throws(
      () => messageFromPlain(StartRunRequestSchema, { search_attributes: { odd: wrong } }),
      (error) => error instanceof PlainMessageError && error.field === 'search_attributes.odd',
    );
  }
});
