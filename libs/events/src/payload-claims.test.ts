import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHash } from 'node:crypto';
import { Payload, type RunEvent } from '@skein/domain';
import { CLAIM_OVER_BYTES, claimPayloads, redeemTransition } from './payload-claims.ts';
import { UnredeemedClaimError } from './payload-codec.ts';
import { decodeTransition, encodeTransition } from './transition-codec.ts';

const large = Payload.fromValue('x'.repeat(CLAIM_OVER_BYTES));
const other = Payload.fromValue({ text: 'y'.repeat(2 * CLAIM_OVER_BYTES) });
const small = Payload.fromValue({ $typeName: 'skein.type.v1.Payload', json: 'z'.repeat(1000) });

const done = (output: Payload): RunEvent => ({
  kind: 'agent_invoke_done',
  nodeId: 'a',
  attempt: 1,
  dispatch: 1,
  outcome: { output },
  usage: { inputTokens: 0, outputTokens: 0 },
  latencyMs: 1,
  streamedBytes: 0,
});
const told = (message: Payload): RunEvent => ({ kind: 'user_input', message });
const bodyOf = (...events: RunEvent[]) => encodeTransition({ occurredAtMs: 1_700_000_000_000, events });

test('D1 what is not large stays where it is', () => {
  const body = bodyOf(done(small), told(small));
  assert.deepEqual(claimPayloads(body), { body, payloads: [] });
  const many = bodyOf(...Array.from({ length: 400 }, () => told(small)));
  assert.ok(many.byteLength > CLAIM_OVER_BYTES);
  assert.deepEqual(claimPayloads(many), { body: many, payloads: [] }, 'many small ones are no large one');
});

test('D2 large payloads leave, each once, and come back byte for byte', () => {
  const body = bodyOf(told(large), done(large), done(small), done(other));
  const claimed = claimPayloads(body);
  assert.ok(claimed.body.byteLength < 3000);
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  assert.deepEqual(
    claimed.payloads.map(({ digest, json }) => [digest, sha256(json)]),
    [large, other].map(({ bytes }) => [sha256(bytes), sha256(bytes)]),
  );
  const texts = new Map(claimed.payloads.map(({ digest, json }) => [digest, json]));
  const back = redeemTransition(claimed.body, (digest) => texts.get(digest));
  assert.ok(Buffer.from(back).equals(body));
});

test('a claim that nobody has redeemed does not pass for null', () => {
  const { body } = claimPayloads(bodyOf(done(large)));
  assert.throws(() => decodeTransition(body), UnredeemedClaimError);
  assert.throws(() => decodeTransition(redeemTransition(body, () => undefined)), UnredeemedClaimError);
});
