import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedSubscription } from './shared-subscription.ts';

/** A subscription that counts how often it is open. */
function counting(open: () => Promise<void> = () => Promise.resolve()) {
  const counts = { opened: 0, closed: 0 };
  const shared = new SharedSubscription(async () => {
    await open();
    counts.opened += 1;
    return {
      [Symbol.asyncDispose]: async () => {
        counts.closed += 1;
      },
    };
  });
  return { counts, shared };
}

test('the first user opens it, the last one closes it, whoever leaves twice counts once', async () => {
  const { counts, shared } = counting();
  const leave = await Promise.all([shared.join(), shared.join(), shared.join()]);
  assert.deepEqual(counts, { opened: 1, closed: 0 });
  await leave[0]?.();
  await leave[0]?.();
  await leave[1]?.();
  assert.deepEqual(counts, { opened: 1, closed: 0 });
  await leave[2]?.();
  assert.deepEqual(counts, { opened: 1, closed: 1 });
  const again = await shared.join();
  assert.deepEqual(counts, { opened: 2, closed: 1 });
  await again();
});

test('who joins while the last one leaves gets one that is open', async () => {
  const { counts, shared } = counting();
  const leave = await shared.join();
  const [, leaveSecond] = await Promise.all([leave(), shared.join()]);
  assert.deepEqual(counts, { opened: 2, closed: 1 });
  await leaveSecond();
  assert.deepEqual(counts, { opened: 2, closed: 2 });
});

test('where opening fails everybody is told, and the next one tries again', async () => {
  let fails = true;
  const { counts, shared } = counting(() => (fails ? Promise.reject(new Error('away')) : Promise.resolve()));
  const outcomes = await Promise.allSettled([shared.join(), shared.join()]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  fails = false;
  const leave = await shared.join();
  await leave();
  assert.deepEqual(counts, { opened: 1, closed: 1 });
});
