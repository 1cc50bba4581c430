import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { versionFits } from './agent-version.ts';
import { agentCode, CallError, failureOf, passing } from './call-failure.ts';
import { retryAfterMs } from './retry-after.ts';
import { MAX_DELTA_BYTES, textPieces } from './text-pieces.ts';
import { usageOf } from './token-usage.ts';
import { userText } from './user-text.ts';

suite('versions', () => {
  for (const [version, range, fits] of [
    ['1.4.0', '', true],
    ['1.4.0', '^1.2.0', true],
    ['2.0.0', '^1.2.0', false],
    ['0.0.0', '*', true],
    ['1.5.0-beta.1', '>=1.4.0', true],
    ['not-a-version', '^1.0.0', false],
    ['1.0.0', 'nonsense', false],
  ] as const) {
    test(`${version} ${fits ? 'fits' : 'does not fit'} '${range}'`, () =>
      assert.equal(versionFits(version, range), fits));
  }
});

test('the text of an input is what it most likely holds', () => {
  assert.equal(userText('hi'), 'hi');
  assert.equal(userText({ text: 't', query: 'q' }), 'q');
  assert.equal(userText({ user_query: '', content: 'c' }), 'c');
  assert.equal(userText({ subject: 's' }), '{"subject":"s"}');
  assert.equal(userText(null), 'null');
});

test('a large text is cut between characters', () => {
  const text = '👋'.repeat(MAX_DELTA_BYTES / 3);
  const pieces = textPieces(text, Buffer.byteLength(text));
  assert.ok(pieces.length > 1);
  assert.equal(pieces.join(''), text);
  for (const piece of pieces) {
    assert.ok(Buffer.byteLength(piece) <= MAX_DELTA_BYTES);
    assert.ok(piece.isWellFormed());
  }
});

test('Retry-After is seconds or a date', () => {
  const nowMs = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');
  assert.equal(retryAfterMs('3', nowMs), 3000);
  assert.equal(retryAfterMs('Wed, 21 Oct 2026 07:28:10 GMT', nowMs), 10_000);
  assert.equal(retryAfterMs('Wed, 21 Oct 2026 07:00:00 GMT', nowMs), 0);
  assert.equal(retryAfterMs('99999999', nowMs), 3_600_000);
  for (const none of [undefined, '', 'soon']) assert.equal(retryAfterMs(none, nowMs), undefined);
});

test('usage is read in every dialect', () => {
  assert.deepEqual(usageOf({ input_tokens: 1, output_tokens: 2 }), { inputTokens: 1, outputTokens: 2 });
  assert.deepEqual(usageOf({ prompt_tokens: 1, completion_tokens: 2, tokens: 9 }), { inputTokens: 1, outputTokens: 2 });
  assert.deepEqual(usageOf({ tokens: 9 }), { inputTokens: 0, outputTokens: 9 });
  assert.deepEqual(usageOf({ tokens: -1 }), { inputTokens: 0, outputTokens: 0 });
  assert.deepEqual(usageOf({ cost_usd: 0.0125 }), { inputTokens: 0, outputTokens: 0, costMicroUsd: 12_500 });
  assert.deepEqual(usageOf({ tokens: 1, cost_usd: -1 }), { inputTokens: 0, outputTokens: 1 });
  assert.deepEqual(usageOf('many'), { inputTokens: 0, outputTokens: 0 });
});

test('codes of agents get the form that retry policies match', () => {
  assert.equal(agentCode('agent_error', 'X'), 'AGENT_ERROR');
  assert.equal(agentCode('rateLimited', 'X'), 'RATE_LIMITED');
  assert.equal(agentCode('E-42: oops!', 'X'), 'E_42_OOPS');
  assert.equal(agentCode(404, 'X'), '404');
  for (const none of [undefined, '', '!!', {}]) assert.equal(agentCode(none, 'X'), 'X');
  assert.equal(agentCode('A'.repeat(100), 'X').length, 64);
});

test('what nobody foresaw is a defect that is retried', () => {
  const failure = passing('TIMEOUT', { message: 'late', place: 'here' });
  assert.equal(failureOf(failure), failure.failure);
  assert.ok(failure instanceof CallError);
  const defect = failureOf(new TypeError('x is undefined'));
  assert.deepEqual([defect.code, defect.retryable], ['INTERNAL', true]);
});
