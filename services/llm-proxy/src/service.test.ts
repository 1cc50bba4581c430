import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Role } from '@skein/contracts/llm';
import { describeError } from '@skein/rpc';
import { llmRig, TRANSPORTS } from './testing/llm-rig.ts';

const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;
const ask = (content: string) => [{ role: Role.USER, content }];

for (const transport of TRANSPORTS) {
  test(`a question is answered whole and in pieces (${transport})`, async () => {
    await using rig = await llmRig({ transport });
    const { completion } = await rig.client.complete({ spec: { messages: ask('one two  three') } });
    assert.equal(completion?.text, 'one two  three');
    assert.equal(completion.model, 'builtin/echo');
    assert.equal(completion.finishReason, 'stop');
    assert.equal(completion.outputTokens, 3n);
    assert.equal(completion.replayed, false);

    let text = '';
    let last: unknown;
    for await (const { event } of rig.client.streamComplete({ spec: { messages: ask('one two  three') } })) {
      if (event.case === 'delta') text += event.value;
      else last = event;
    }
    assert.equal(text, 'one two  three');
    assert.deepEqual(last, { case: 'completion', value: completion });
  });

  test(`the same key is answered the same ever after (${transport})`, async () => {
    await using rig = await llmRig({ transport });
    const question = { spec: { messages: ask('once\u0000') }, idempotencyKey: 'run/node/1' };
    const first = await rig.client.complete(question);
    const again = await rig.client.complete(question);
    assert.equal(first.completion?.replayed, false);
    assert.deepEqual(again.completion, { ...first.completion, replayed: true });
    const other = { ...question, spec: { messages: ask('twice') } };
    await assert.rejects(rig.client.complete(other), reason('REQUEST_ID_REUSED'));
    const elsewhere = await rig.client.complete({ ...other, namespace: 'team-b' });
    assert.equal(elsewhere.completion?.text, 'twice');
    const steps = [];
    for await (const { event } of rig.client.streamComplete(question)) steps.push(event.case);
    assert.deepEqual(steps, ['delta', 'completion']);
  });
}

test('the models are listed', async () => {
  await using rig = await llmRig();
  const { models } = await rig.client.listModels({});
  assert.deepEqual(
    models.map(({ model }) => model),
    ['builtin/draft', 'builtin/echo'],
  );
  await assert.rejects(
    rig.client.complete({ spec: { model: 'nobody/none', messages: ask('x') } }),
    reason('MODEL_NOT_FOUND'),
  );
});
