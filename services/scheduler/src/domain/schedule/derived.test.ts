import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate, version } from 'uuid';
import { shardOf } from '../shards.ts';
import { jitterOf, runIdOfFire, shardOfSchedule } from './derived.ts';

const KEY = { namespace: 'default', scheduleId: 'nightly' };
const FIRE_MS = Date.parse('2026-05-01T02:00:00Z');

test("a run's id is a UUIDv7 of its fire time, in the schedule's shard", () => {
  const runId = runIdOfFire(KEY, FIRE_MS);
  assert.ok(validate(runId));
  assert.equal(version(runId), 7);
  assert.equal(Number.parseInt(runId.replaceAll('-', '').slice(0, 12), 16), FIRE_MS);
  assert.equal(shardOf(runId), shardOfSchedule(KEY));
  assert.equal(runId, runIdOfFire({ ...KEY }, FIRE_MS), 'the same everywhere');
});

test('namespace, schedule, time and nonce make different ids, and do not run into each other', () => {
  const ids = [
    runIdOfFire(KEY, FIRE_MS),
    runIdOfFire(KEY, FIRE_MS + 1),
    runIdOfFire(KEY, FIRE_MS, 'a'),
    runIdOfFire({ ...KEY, namespace: 'team' }, FIRE_MS),
    runIdOfFire({ ...KEY, scheduleId: 'daily' }, FIRE_MS),
    runIdOfFire({ namespace: 'a', scheduleId: 'b-c' }, FIRE_MS),
    runIdOfFire({ namespace: 'a-b', scheduleId: 'c' }, FIRE_MS),
  ];
  assert.equal(new Set(ids).size, ids.length);
});

test('schedules are spread over the shards', () => {
  const shards = Array.from({ length: 2000 }, (_, n) => shardOfSchedule({ ...KEY, scheduleId: `s${n}` }));
  assert.ok(new Set(shards).size > 250);
});

test('no jitter is none', () => {
  assert.equal(jitterOf(KEY, FIRE_MS, 0), 0);
});
