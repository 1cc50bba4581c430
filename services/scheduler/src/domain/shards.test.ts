import assert from 'node:assert/strict';
import { test } from 'node:test';
import { v7 as uuidv7 } from 'uuid';
import { inShard, ownersOf, SHARD_COUNT, shardOf } from './shards.ts';

const sharesOf = (owners: readonly string[]) =>
  owners.reduce((shares, owner) => shares.set(owner, (shares.get(owner) ?? 0) + 1), new Map<string, number>());

test('an id can be put into any shard and stays an id', () => {
  for (let shard = 0; shard < SHARD_COUNT; shard += 1) {
    const runId = inShard(uuidv7(), shard);
    assert.equal(shardOf(runId), shard);
    assert.match(runId, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test('R7 every scheduler comes to the same owners, whatever order it knows the others in', () => {
  assert.deepEqual(ownersOf(['a', 'b', 'c']), ownersOf(['c', 'a', 'b']));
});

test('R7 every scheduler has a fair share of the shards', () => {
  for (const count of [2, 3, 5, 8]) {
    const ids = Array.from({ length: count }, (_, index) => `10.0.0.${index}:7402`);
    const shares = sharesOf(ownersOf(ids));
    for (const id of ids) {
      const fair = SHARD_COUNT / count;
      const share = shares.get(id) ?? 0;
      assert.ok(share > fair / 2 && share < fair * 1.6, `${id} has ${share} of ${SHARD_COUNT} among ${count}`);
    }
  }
});

test('R7 only the share of the one that comes or goes moves', () => {
  const before = ownersOf(['a', 'b', 'c']);
  const after = ownersOf(['a', 'c']);
  for (const [shard, owner] of before.entries()) if (owner !== 'b') assert.equal(after[shard], owner);
});
