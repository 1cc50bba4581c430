import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import { estimateTokens, promptDigest, promptOf, promptSize } from './prompt.ts';

const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: { ticket: 'ü' } },
];

suite('a prompt', () => {
  test('has the digest that anybody computes of its canonical JSON', () => {
    const prompt = promptOf({ model: 'm', output_schema: { type: 'string' }, messages });
    assert.ok(prompt);
    const text =
      '{"messages":[{"content":"Be brief.","role":"system"},{"content":{"ticket":"ü"},"role":"user"}],"output_schema":{"type":"string"}}';
    assert.deepEqual(Buffer.from(promptDigest(prompt)), createHash('sha256').update(text).digest());
  });

  test('is the same whatever stands beside it, and another with another word', () => {
    const digestOf = (question: Parameters<typeof promptOf>[0]) => {
      const prompt = promptOf(question);
      assert.ok(prompt);
      return Buffer.from(promptDigest(prompt)).toString('hex');
    };
    assert.equal(digestOf({ messages }), digestOf({ messages, temperature: 1, model: 'other' }));
    assert.notEqual(digestOf({ messages }), digestOf({ messages: messages.slice(1) }));
    assert.equal(digestOf({ messages, config: { output_schema: true } }), digestOf({ messages, output_schema: true }));
  });

  test('weighs its messages and its schema, part by part', () => {
    const prompt = promptOf({ messages, output_schema: { type: 'string' } });
    assert.ok(prompt);
    const { parts, sizeBytes, tokens } = promptSize(prompt);
    assert.deepEqual(parts, [
      { name: 'messages[0] (system)', sizeBytes: 9, tokens: 7 },
      { name: 'messages[1] (user)', sizeBytes: 15, tokens: 9 },
      { name: 'output_schema', sizeBytes: 17, tokens: 5 },
    ]);
    assert.deepEqual([sizeBytes, tokens], [41, 21]);
  });

  test('is none without messages', () => {
    for (const question of [null, 'hi', {}, { messages: 'hi' }]) assert.equal(promptOf(question), undefined);
  });
});

test('tokens are estimated by their bytes, beyond ASCII more', () => {
  assert.deepEqual(['', 'a', 'abcd', 'abcde', 'ü', '語', '😀'].map(estimateTokens), [0, 1, 1, 2, 1, 2, 2]);
});
