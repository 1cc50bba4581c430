/** What a question may hold, and what the built-in models make of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { Role, type CompleteRequestSchema } from '@skein/contracts/llm';
import { describeError } from '@skein/rpc';
import { llmRig, TRANSPORTS } from './testing/llm-rig.ts';

type Request = Extract<MessageInitShape<typeof CompleteRequestSchema>, { $typeName?: never }>;

const ask = (content: string) => [{ role: Role.USER, content }];

test('every violation is named at once', async () => {
  await using rig = await llmRig();
  const request: Request = {
    namespace: 'Not Allowed',
    idempotencyKey: 'k'.repeat(513),
    spec: {
      model: 'm'.repeat(257),
      messages: [{ role: Role.UNSPECIFIED, content: '' }],
      outputSchema: { type: 'strin' },
      temperature: 2.5,
      maxTokens: 0,
      timeout: { seconds: 0n },
    },
  };
  await assert.rejects(rig.client.complete(request), (error) => {
    const { reason, violations } = describeError(error);
    assert.equal(reason, 'INVALID_FIELD');
    assert.deepEqual(violations.map(({ field }) => field).toSorted(), [
      'idempotency_key',
      'namespace',
      'spec.max_tokens',
      'spec.messages[0].role',
      'spec.model',
      'spec.output_schema.type',
      'spec.temperature',
      'spec.timeout',
    ]);
    return true;
  });
});

const WRONG: ReadonlyArray<readonly [what: string, request: Request, field: string]> = [
  ['no question', {}, 'spec'],
  ['no messages', { spec: {} }, 'spec.messages'],
  ['1,001 messages', { spec: { messages: Array.from({ length: 1001 }, () => ask('')[0] ?? {}) } }, 'spec.messages'],
  ['more than 1 MiB', { spec: { messages: ask('ü'.repeat(512 * 1024 + 1)) } }, 'spec.messages'],
  ['a key that no store keeps', { spec: { messages: ask('') }, idempotencyKey: 'a\0' }, 'idempotency_key'],
  ['a temperature that is none', { spec: { messages: ask(''), temperature: NaN } }, 'spec.temperature'],
];

for (const [what, request, field] of WRONG) {
  for (const transport of TRANSPORTS) {
    test(`a question with ${what} is refused (${transport})`, async () => {
      await using rig = await llmRig({ transport });
      const named = (error: unknown) => describeError(error).violations[0]?.field === field;
      await assert.rejects(rig.client.complete(request), named);
      await assert.rejects(async () => {
        for await (const _step of rig.client.streamComplete(request));
      }, named);
    });
  }
}

test('names, aliases and the default lead to a model', async () => {
  await using rig = await llmRig({ aliases: ['letters=builtin/draft'], defaultModel: 'letters' });
  const answered = async (model: string) =>
    (await rig.client.complete({ spec: { model, messages: ask('hi') } })).completion?.model;
  assert.equal(await answered(''), 'builtin/draft');
  assert.equal(await answered('letters'), 'builtin/draft');
  assert.equal(await answered('builtin/echo'), 'builtin/echo');
  await assert.rejects(answered('builtin/none'), (error) => {
    const { reason, code, remedy } = describeError(error);
    assert.deepEqual([reason, code], ['MODEL_NOT_FOUND', Code.NotFound]);
    assert.match(remedy, /builtin\/draft, builtin\/echo, letters/);
    return true;
  });
});

test('a proxy does not start with a default model that there is not', async () => {
  await assert.rejects(llmRig({ defaultModel: 'builtin/none' }), /no model builtin\/none is configured/);
  await assert.rejects(llmRig({ aliases: ['x=nobody/none'] }), /no model nobody\/none is configured/);
});

test('the echo is of what the user said last', async () => {
  await using rig = await llmRig();
  const messages = [
    { role: Role.SYSTEM, content: 'be brief' },
    { role: Role.USER, content: 'first' },
    { role: Role.ASSISTANT, content: 'answer' },
    { role: Role.USER, content: 'second' },
    { role: Role.ASSISTANT, content: 'begun' },
  ];
  const { completion } = await rig.client.complete({ spec: { messages } });
  assert.deepEqual([completion?.text, completion?.inputTokens], ['second', 6n]);
});

test('an answer is cut after max_tokens', async () => {
  await using rig = await llmRig();
  const { completion } = await rig.client.complete({ spec: { messages: ask('one, two, three'), maxTokens: 3 } });
  assert.deepEqual([completion?.text, completion?.finishReason, completion?.outputTokens], ['one, two', 'length', 3n]);
});

test('JSON that max_tokens cuts off is no answer', async () => {
  await using rig = await llmRig();
  const outputSchema = { type: 'array', items: { type: 'integer' }, minItems: 9 };
  await assert.rejects(rig.client.complete({ spec: { messages: ask('x'), outputSchema, maxTokens: 4 } }), (error) => {
    const { reason, violations } = describeError(error);
    assert.equal(reason, 'OUTPUT_SCHEMA_VIOLATION');
    assert.equal(violations[0]?.description, 'is cut off by max_tokens and no JSON');
    return true;
  });
});

test('the same seed gives the same JSON, streamed or not, and another seed another', async () => {
  await using rig = await llmRig();
  const outputSchema = { type: 'array', items: { type: 'number' }, minItems: 6 };
  const spec = (seed: bigint) => ({ messages: ask('x'), outputSchema, seed });
  const { completion: first } = await rig.client.complete({ spec: spec(1n) });
  const { completion: other } = await rig.client.complete({ spec: spec(2n) });
  let streamed = '';
  for await (const { event } of rig.client.streamComplete({ spec: spec(1n) })) {
    if (event.case === 'delta') streamed += event.value;
  }
  assert.equal(streamed, first?.text);
  assert.notEqual(other?.text, first?.text);
});

test('the built-in models take their time when they are told to', async () => {
  await using rig = await llmRig({ providers: { builtin: { chunkDelayMs: 3_600_000 } } });
  const spec = { messages: ask('two words'), timeout: { nanos: 20_000_000 } };
  await assert.rejects(rig.client.complete({ spec }), (error) => describeError(error).reason === 'TIMEOUT');
});

test('a long text comes in a bounded number of pieces', async () => {
  await using rig = await llmRig();
  const content = 'word '.repeat(100_000);
  let pieces = 0;
  let text = '';
  for await (const { event } of rig.client.streamComplete({ spec: { messages: ask(content) } })) {
    if (event.case !== 'delta') continue;
    pieces += 1;
    text += event.value;
  }
  assert.equal(text, content);
  assert.ok(pieces <= 2001, `${pieces} pieces`);
});
