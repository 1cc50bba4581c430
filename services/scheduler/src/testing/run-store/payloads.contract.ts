import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Payload } from '@skein/domain';
import { claimPayloads, encodeTransition } from '@skein/events';
import type { StoredTransition } from '../../app/run-store.ts';
import { batch, ending, newRunId, start, step } from './sample-batches.ts';
import type { EmptyPrunableStore } from './pruning.contract.ts';

const NO_LIMITS = { maxRuns: 10, maxBytes: 100 * 1024 * 1024 };

/** A transition of one event with a payload of this text. */
function withPayload(transition: StoredTransition, text: string) {
  const message = Payload.fromValue(text);
  const whole = encodeTransition({ occurredAtMs: 1, events: [{ kind: 'user_input', message }] });
  const { body, payloads } = claimPayloads(whole);
  return { transition: { ...transition, eventCount: 1, body, payloads }, whole, digest: payloads[0]?.digest ?? '' };
}

/** Large payloads, which are kept beside their transitions. */
export function testPayloads(emptyStore: EmptyPrunableStore): void {
  test('a large payload is stored with its transition, and is back when the run is loaded', async () => {
    const store = await emptyStore();
    const [runId, otherId] = [newRunId(), newRunId()];
    const first = withPayload(start(runId), 'x'.repeat(300_000));
    const second = withPayload(step(runId, 2), 'y'.repeat(300_000));
    const small = withPayload(start(otherId), 'small');
    await store.commit(batch(first.transition, small.transition));
    await store.commit(batch(second.transition));
    const rows = (await store.load(runId))?.rows ?? [];
    assert.deepEqual(
      rows.map(({ body }) => Buffer.from(body)),
      [first.whole, second.whole].map((it) => Buffer.from(it)),
    );
    const raw = await store.transitionsAfter(runId, 0, 10);
    assert.ok(
      raw.every(({ body }) => body.byteLength < 1000),
      'what is carried has claims',
    );
    const outbox = await store.staleOutbox(0, 10);
    assert.ok(outbox.flatMap(({ transitions }) => transitions).every(({ body }) => body.byteLength < 1000));
    const found = await store.payloads(runId, [second.digest, 'ab'.repeat(32)]);
    assert.deepEqual(
      found.map(({ digest, json }) => [digest, json.byteLength]),
      [[second.digest, 300_002]],
    );
    assert.deepEqual(await store.payloads(otherId, [second.digest]), [], 'a payload is of its run alone');
  });

  test('a transition that loses leaves no payload, one that comes twice leaves one', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    const first = withPayload(start(runId), 'x'.repeat(300_000));
    await store.commit(batch(first.transition));
    const again = withPayload(step(runId, 2), 'x'.repeat(300_000));
    await store.commit(batch(again.transition));
    const loser = withPayload(step(runId, 2), 'z'.repeat(300_000));
    assert.deepEqual(await store.commit(batch(loser.transition)), new Set());
    assert.deepEqual(await store.payloads(runId, [loser.digest]), []);
    assert.equal((await store.payloads(runId, [first.digest])).length, 1);
    assert.equal(Buffer.from((await store.load(runId))?.rows[1]?.body ?? []).byteLength, again.whole.byteLength);
  });

  test('approvals and payloads go together', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    const asked = {
      namespace: 'default',
      runId,
      nodeId: 'ask',
      workflowId: 'sample',
      status: 'OPEN',
      prompt: 'may I?',
      approvers: [],
      createdAtMs: 1,
      expiresAtMs: 2,
      decidedBy: '',
      comment: '',
      decidedAtMs: undefined,
    } as const;
    const { transition, digest } = withPayload(start(runId), 'x'.repeat(300_000));
    await store.commit(batch({ ...transition, approvals: [asked] }));
    assert.equal((await store.approval(runId, 'ask'))?.status, 'OPEN');
    assert.equal((await store.payloads(runId, [digest])).length, 1);
  });

  test('who prunes a run sees its payloads, and they stay for who has the claims', async () => {
    const store = await emptyStore();
    const runId = newRunId();
    const { transition, whole, digest } = withPayload(start(runId), 'x'.repeat(300_000));
    const ended = ending(transition, { endedAtMs: Date.now() - 60_000 });
    const stored = batch(ended);
    await store.commit(stored);
    await store.deleteOutbox([stored.commitId]);
    const seen: number[] = [];
    await store.pruneEnded(1000, NO_LIMITS, ({ rows }) => {
      seen.push(...rows.map(({ body }) => body.byteLength));
      return { lastSeq: 1, finalState: Buffer.from('left') };
    });
    assert.deepEqual(seen, [whole.byteLength]);
    assert.equal((await store.payloads(runId, [digest])).length, 1);
  });
}
