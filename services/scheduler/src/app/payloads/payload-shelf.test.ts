import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newRunId, step } from '../../testing/run-store/sample-batches.ts';
import type { PendingTransition } from '../commit-lane.ts';
import { ObjectStoreError } from './object-store.ts';
import { PayloadShelf } from './payload-shelf.ts';

const PAYLOADS = [{ digest: 'ab'.repeat(32), json: Buffer.from('"text"') }];

/** A shelf before a store that fails so many times; each pause ends when the test says so. */
function shelfWith({ failures = 0 } = {}) {
  const committed: PendingTransition[] = [];
  const said: (string | undefined)[] = [];
  let tries = 0;
  const pauses: (() => void)[] = [];
  const shelf = new PayloadShelf({
    objects: {
      put() {
        tries += 1;
        return tries <= failures ? Promise.reject(new ObjectStoreError('SlowDown')) : Promise.resolve();
      },
    },
    commit: (pending) => committed.push(pending),
    onRetry: () => {},
    pause: () => new Promise((resolve) => pauses.push(resolve)),
  });
  const pending = (large: boolean): PendingTransition => ({
    transition: { ...step(newRunId(), 2), ...(large ? { payloads: PAYLOADS } : {}) },
    settled: () => {},
    held: (why) => said.push(why),
  });
  return { shelf, committed, said, pauses, pending, tried: () => tries };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('F1 a transition without large payloads goes at once, one with them when they are stored', async () => {
  const { shelf, committed, said, pending, tried } = shelfWith();
  shelf.add(pending(false));
  assert.deepEqual([committed.length, tried()], [1, 0]);
  shelf.add(pending(true));
  assert.equal(committed.length, 1);
  await turn();
  assert.deepEqual(committed[1]?.transition.payloads, [{ digest: PAYLOADS[0]?.digest, json: undefined }]);
  assert.deepEqual(said, [undefined]);
});

test('F2 a store that fails is tried again, the run says why it waits, and others pass', async () => {
  const { shelf, committed, said, pauses, pending } = shelfWith({ failures: 2 });
  shelf.add(pending(true));
  await turn();
  shelf.add(pending(false));
  assert.equal(committed.length, 1, 'the other one');
  for (let failures = 1; failures <= 2; failures += 1) {
    assert.match(said.at(-1) ?? '', /the object store to take a large payload: SlowDown/);
    pauses.shift()?.();
    await turn();
  }
  assert.equal(committed.length, 2);
  assert.equal(said.at(-1), undefined);
});

test('a shelf that is stopped tries no more, and commits nothing that is not stored', async () => {
  const { shelf, committed, pauses, pending, tried } = shelfWith({ failures: 9 });
  shelf.add(pending(true));
  await turn();
  const stopped = shelf.stop();
  pauses.shift()?.();
  await stopped;
  assert.deepEqual([committed.length, tried()], [0, 1]);
});
