import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import { simulate } from './world.ts';

const FIXED_SEEDS = 120;
const FRESH_SEEDS = 40;

async function happens(seed: number): Promise<void> {
  try {
    await simulate(seed);
  } catch (cause) {
    throw new Error(`seed ${seed}; to see it again: npm run simulate -- --seed ${seed} --trace`, { cause });
  }
}

test(`every promise holds in the worlds of the seeds 1 to ${FIXED_SEEDS}`, async () => {
  for (let seed = 1; seed <= FIXED_SEEDS; seed += 1) await happens(seed);
});

test('every promise holds in worlds that nobody has seen before', async (context) => {
  const first = Number(process.env['SKEIN_TEST_SEED'] ?? randomInt(2 ** 31 - FRESH_SEEDS));
  context.diagnostic(`seeds ${first} to ${first + FRESH_SEEDS - 1}`);
  for (let seed = first; seed < first + FRESH_SEEDS; seed += 1) await happens(seed);
});

test('a seed gives the same world to the letter, whatever happened before it', async () => {
  const seeds = [29, 1225, 1744];
  const digests = async () => {
    const reports = [];
    for (const seed of seeds) reports.push(await simulate(seed));
    return reports.map(({ digest, events }) => [digest, events]);
  };
  const first = await digests();
  await simulate(randomInt(2 ** 31));
  assert.deepEqual(await digests(), first);
});
