import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_RETENTION } from '../../testing/no-retention.ts';
import { retentionRound, type RunRetention } from './run-retention.ts';

test('a round deletes batch by batch, within bounds, and forgets now and then', async () => {
  const left = [250, 0, 100_000];
  let due = 0;
  let forgotten = 0;
  const store: RunRetention = {
    ...NO_RETENTION,
    deleteExpired(_retentionMs, limit) {
      const deleted = Math.min(limit, due);
      due -= deleted;
      return Promise.resolve(deleted);
    },
    forget() {
      forgotten += 1;
      return Promise.resolve(0);
    },
  };
  const told: number[] = [];
  const round = retentionRound(store, 1000, (runs) => told.push(runs));
  const answers: number[] = [];
  for (const runs of left) {
    due = runs;
    answers.push(await round());
  }
  assert.deepEqual(answers, [250, 0, 2000]);
  assert.deepEqual(told, [250, 2000]);
  for (let rounds = left.length; rounds < 61; rounds += 1) await round();
  assert.equal(forgotten, 2);
});
