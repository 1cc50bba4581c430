import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually, withSeed } from '@skein/testkit';
import { v7 as uuidv7 } from 'uuid';
import type { CallSlot, LimitStore, SlotRequest } from '../app/limits/limit-store.ts';
import type { RunStore } from '../app/run-store.ts';
import { batch, ending, newRunId, start, step } from './run-store/sample-batches.ts';

/** Stores over the same runs, empty. */
export interface LimitStores {
  readonly limits: LimitStore;
  readonly runs: RunStore;
}

const ALL_SHARDS = Array.from({ length: 256 }, (_, shard) => shard);
const KEY = 'workflow/sample';
const HOUR_MS = 3_600_000;

/** The promises of `LimitStore` (L1–L4), proved on one adapter. */
export function testLimitStoreContract(adapter: string, empty: () => Promise<LimitStores>): void {
  /** Runs in state CREATED, and what they ask for. */
  const line = async () => {
    const stores = await empty();
    const { limits, runs } = stores;
    const accept = async (change: Partial<SlotRequest> = {}): Promise<SlotRequest> => {
      const runId = newRunId();
      await runs.commit(batch(start(runId, { status: 'CREATED' })));
      const claims = [{ key: KEY, maxConcurrency: 1, rate: undefined }];
      const order = { priority: 3, fairnessKey: '', weight: 1 };
      return { namespace: 'default', runId, workflowVersion: 1, claims, ...order, ...change };
    };
    /** Accepts a run that asks at once; answers its id, and whether it has got a slot. */
    const ask = async (change: Partial<SlotRequest> = {}) => {
      const request = await accept(change);
      const { grantedRunIds } = await limits.request(request);
      return { ...request, granted: grantedRunIds.includes(request.runId), grantedRunIds };
    };
    /** The run ends; answers who has got its slots. */
    const end = async (runId: string) => {
      await runs.commit(batch(ending(step(runId, 3))));
      return (await limits.release([runId])).grantedRunIds;
    };
    /** Lets the holder end, and the next one, until nobody waits; in the order of the grants. */
    const drain = async (holder: string): Promise<string[]> => {
      const order: string[] = [];
      for (let current: string | undefined = holder; current !== undefined;) {
        [current] = await end(current);
        if (current !== undefined) order.push(current);
      }
      return order;
    };
    return { ...stores, accept, ask, end, drain };
  };
  const callOf = (attempt: number): CallSlot => ({ runId: newRunId(), nodeId: 'work', attempt });
  const claim = (key: string, maxConcurrency?: number) => ({ key, maxConcurrency, rate: undefined });

  describe(`limit store: ${adapter}`, () => {
    test('L1 no more runs hold a slot than the limit says; the next gets it when one ends', async () => {
      const { ask, end, limits } = await line();
      const claims = [claim(KEY, 2)];
      const [a, b, c] = [await ask({ claims }), await ask({ claims }), await ask({ claims })];
      assert.deepEqual([a.granted, b.granted, c.granted], [true, true, false]);
      assert.deepEqual(await end(a.runId), [c.runId]);
      assert.deepEqual(await end(b.runId), []);
      assert.deepEqual(await end(c.runId), []);
      const state = await limits.limit({ namespace: 'default', key: KEY });
      assert.deepEqual([state?.holderCount, state?.waiterCount], [0, 0]);
    });

    test('L1 of many that ask and end at once, no key ever has more holders than its limit', () =>
      withSeed(async (random) => {
        const { ask, end, limits } = await line();
        const keys = ['key/a', 'key/b', 'key/c'];
        const max = { 'key/a': 1, 'key/b': 2, 'key/c': 3 } as const;
        const peak = async () => {
          for (const state of await limits.listLimits('default', '', 10))
            assert.ok(state.holderCount <= max[state.key as keyof typeof max], `${state.key}: ${state.holderCount}`);
        };
        const finish = async (runId: string): Promise<void> => {
          for (const next of await end(runId)) await finish(next);
        };
        const live = Array.from({ length: 24 }, async () => {
          const chosen = random.shuffle(keys).slice(0, 1 + Math.floor(random.next() * 3));
          const claims = chosen.toSorted().map((key) => claim(key, max[key as keyof typeof max]));
          const run = await ask({ claims });
          await peak();
          for (const runId of run.grantedRunIds) await finish(runId);
        });
        await Promise.all(live);
        await peak();
        const { toGrant } = await limits.audit(ALL_SHARDS);
        for (const runId of (await limits.grantNext(toGrant)).grantedRunIds) await finish(runId);
        for (const state of await limits.listLimits('default', '', 10))
          assert.deepEqual([state.holderCount, state.waiterCount], [0, 0], state.key);
      }));

    test('L2 a run holds a slot of every key, or none; what it cannot use goes to others', async () => {
      const { ask, end, limits } = await line();
      const a = await ask({ claims: [claim('key/a', 1)] });
      const both = await ask({ claims: [claim('key/a', 1), claim('key/b', 1)] });
      const b = await ask({ claims: [claim('key/b', 1)] });
      assert.deepEqual([a.granted, both.granted, b.granted], [true, false, true]);
      assert.deepEqual(await end(a.runId), [], 'b is taken');
      assert.equal((await limits.limit({ namespace: 'default', key: 'key/a' }))?.holderCount, 0);
      assert.deepEqual(await end(b.runId), [both.runId]);
    });

    test('L3 asking again changes nothing; neither does releasing again', async () => {
      const { ask, end, limits } = await line();
      const a = await ask();
      const b = await ask();
      assert.deepEqual((await limits.request(a)).grantedRunIds, [a.runId]);
      assert.deepEqual((await limits.request(b)).grantedRunIds, []);
      assert.equal((await limits.limit({ namespace: 'default', key: KEY }))?.waiterCount, 1);
      assert.deepEqual(await end(a.runId), [b.runId]);
      assert.deepEqual((await limits.release([a.runId])).grantedRunIds, []);
      assert.equal((await limits.limit({ namespace: 'default', key: KEY }))?.holderCount, 1);
    });

    test('L3 a run that has ended gets nothing, and keeps nobody waiting', async () => {
      const { accept, ask, end, limits, runs } = await line();
      const late = await accept();
      await runs.commit(batch(ending(step(late.runId, 3), { status: 'CANCELLED' })));
      assert.deepEqual((await limits.request(late)).grantedRunIds, []);
      const a = await ask();
      const cancelled = await ask();
      const b = await ask();
      await runs.commit(batch(ending(step(cancelled.runId, 3), { status: 'CANCELLED' })));
      assert.deepEqual(await end(a.runId), [b.runId], 'its waiter is still there');
      assert.deepEqual((await limits.audit(ALL_SHARDS)).toRelease, [cancelled.runId]);
    });

    test('L4 priority goes before arrival', async () => {
      const { ask, drain } = await line();
      const holder = await ask();
      const ids = [];
      for (const priority of [5, 3, 1, 3]) ids.push((await ask({ priority })).runId);
      const [five, three, one, threeLater] = ids;
      assert.deepEqual(await drain(holder.runId), [one, three, threeLater, five]);
    });

    test('L4 fairness keys take turns by weight, however many wait for each', async () => {
      const { ask, drain } = await line();
      const holder = await ask();
      const names = new Map<string, string>();
      const join = async (fairnessKey: string, count: number, weight = 1) => {
        for (let n = 0; n < count; n += 1) names.set((await ask({ fairnessKey, weight })).runId, fairnessKey);
      };
      await join('loud', 6);
      await join('quiet', 2);
      await join('heavy', 4, 2);
      const order = (await drain(holder.runId)).map((runId) => names.get(runId));
      const turns = 'loud quiet heavy heavy loud quiet heavy heavy loud loud loud loud';
      assert.equal(order.join(' '), turns);
    });

    test('a rate gives what its bucket holds, then says when the next token comes', async () => {
      const { ask, limits, end } = await line();
      const claims = [{ key: KEY, maxConcurrency: undefined, rate: { limit: 2, perMs: 600 } }];
      const [a, b] = [await ask({ claims }), await ask({ claims })];
      const c = await ask({ claims });
      assert.deepEqual([a.granted, b.granted, c.granted], [true, true, false]);
      assert.deepEqual(await end(a.runId), [], 'an end gives no token');
      const { later } = await limits.grantNext([{ namespace: 'default', key: KEY }]);
      assert.ok((later[0]?.afterMs ?? 0) > 0 && (later[0]?.afterMs ?? 0) <= 300, JSON.stringify(later));
      const granted = await eventually(
        async () => {
          const { grantedRunIds } = await limits.grantNext([{ namespace: 'default', key: KEY }]);
          return grantedRunIds.length > 0 && grantedRunIds;
        },
        { describe: 'the next token' },
      );
      assert.deepEqual(granted, [c.runId]);
    });

    test('an operator goes before the definition; lowering a limit stops nobody; a raised one counts at once', async () => {
      const { ask, end, limits } = await line();
      const key = { namespace: 'default', key: KEY };
      await limits.setLimit(key, { maxConcurrency: 3, rate: undefined });
      assert.deepEqual(await limits.imposedKeys().then((keys) => keys.map((it) => it.key)), [KEY]);
      const runs = [await ask(), await ask(), await ask(), await ask(), await ask()];
      assert.deepEqual(
        runs.map(({ granted }) => granted),
        [true, true, true, false, false],
      );
      await limits.setLimit(key, { maxConcurrency: 1, rate: undefined });
      assert.equal((await limits.limit(key))?.holderCount, 3);
      assert.deepEqual(await end(runs[0]?.runId ?? ''), []);
      await limits.setLimit(key, { maxConcurrency: 4, rate: undefined });
      assert.equal((await limits.grantNext([key])).grantedRunIds.length, 2);
      assert.equal(await limits.deleteLimit(key), true);
      assert.equal(await limits.deleteLimit(key), false);
      const state = await limits.limit(key);
      assert.deepEqual([state?.operator.maxConcurrency, state?.effective.maxConcurrency], [undefined, 1]);
    });

    test('the highest version of a definition says what the limit is', async () => {
      const { ask, limits } = await line();
      const effective = async () => (await limits.limit({ namespace: 'default', key: KEY }))?.effective.maxConcurrency;
      await ask({ workflowVersion: 2, claims: [claim(KEY, 5)] });
      await ask({ workflowVersion: 1, claims: [claim(KEY, 1)] });
      assert.equal(await effective(), 5);
      await ask({ workflowVersion: 3, claims: [claim(KEY, 2)] });
      assert.equal(await effective(), 2);
    });

    test('L5 calls get slots in their order, as many as there is room for; asking and giving back again change nothing', async () => {
      const { limits } = await line();
      const agent = { namespace: 'default', key: 'agent/reader' };
      const [a, b, c, d] = [callOf(1), callOf(2), callOf(3), callOf(4)];
      const take = (...wanted: readonly CallSlot[]) => limits.takeCalls(agent, wanted);
      assert.deepEqual(await take(a, b, c, d), { granted: [0, 1, 2, 3], afterMs: undefined }, 'there is no limit');
      assert.equal(await limits.limit(agent), undefined, 'and nothing is written');
      await limits.setLimit(agent, { maxConcurrency: 2, rate: undefined });
      assert.deepEqual(await take(a, b, c, d), { granted: [0, 1], afterMs: undefined });
      assert.deepEqual((await take(c, b)).granted, [1], 'who has one keeps it');
      assert.equal((await limits.limit(agent))?.holderCount, 2);
      const found = (await limits.audit(ALL_SHARDS)).callSlots;
      assert.deepEqual(
        new Set(found.map(({ limit, runId, attempt }) => `${limit.key} ${runId} ${attempt}`)),
        new Set([a, b].map(({ runId, attempt }) => `agent/reader ${runId} ${attempt}`)),
      );
      assert.deepEqual((await limits.audit([])).callSlots, []);
      await limits.releaseCalls(agent, [a]);
      await limits.releaseCalls(agent, [a]);
      assert.deepEqual((await take(c, d)).granted, [0]);
      await limits.releaseCalls(agent, [b, c, d]);
      assert.equal((await limits.limit(agent))?.holderCount, 0);
    });

    test('L5 a rate lets calls begin as tokens come, and says when', async () => {
      const { limits } = await line();
      const agent = { namespace: 'default', key: 'agent/reader' };
      await limits.setLimit(agent, { maxConcurrency: undefined, rate: { limit: 2, perMs: HOUR_MS } });
      const calls = [callOf(1), callOf(1), callOf(1)];
      const { granted, afterMs = 0 } = await limits.takeCalls(agent, calls);
      assert.deepEqual(granted, [0, 1]);
      assert.ok(afterMs > 0.4 * HOUR_MS && afterMs <= 0.5 * HOUR_MS, `${afterMs} ms`);
      assert.deepEqual((await limits.takeCalls(agent, calls)).granted, [0, 1], 'asking again costs no token');
    });

    test('L5 what an agent is registered with counts until an operator says otherwise, and goes with it', async () => {
      const { limits } = await line();
      const agent = { namespace: 'default', key: 'agent/reader' };
      const effective = async () => (await limits.limit(agent))?.effective.maxConcurrency;
      await limits.defineCalls(agent, undefined);
      assert.deepEqual([await limits.limit(agent), await limits.imposedKeys()], [undefined, []]);
      await limits.defineCalls(agent, { maxConcurrency: 1, rate: { limit: 3, perMs: 1000 } });
      await limits.defineCalls(agent, { maxConcurrency: 2, rate: undefined });
      for (const keys of [await limits.imposedKeys(), await limits.definedCalls(), (await limits.audit([])).imposed]) {
        assert.deepEqual(
          keys.map(({ key }) => key),
          ['agent/reader'],
        );
      }
      assert.equal(await limits.forgetUnused(), 0);
      assert.deepEqual((await limits.takeCalls(agent, [callOf(1), callOf(1), callOf(1)])).granted, [0, 1]);
      await limits.setLimit(agent, { maxConcurrency: 7, rate: undefined });
      assert.equal(await effective(), 7);
      await limits.deleteLimit(agent);
      assert.equal(await effective(), 2);
      await limits.defineCalls(agent, undefined);
      assert.deepEqual([await effective(), await limits.definedCalls()], [undefined, []]);
    });

    test('L5 of many that ask at once, no agent has more calls than its limit', async () => {
      const { limits } = await line();
      const agent = { namespace: 'default', key: 'agent/reader' };
      await limits.setLimit(agent, { maxConcurrency: 5, rate: undefined });
      const asking = Array.from({ length: 8 }, () => limits.takeCalls(agent, [callOf(1), callOf(1), callOf(1)]));
      const answers = await Promise.all(asking);
      assert.equal(answers.flatMap(({ granted }) => granted).length, 5);
      assert.equal((await limits.limit(agent))?.holderCount, 5);
    });

    test('the audit finds what was left between two lines', async () => {
      const { accept, ask, limits, runs } = await line();
      assert.deepEqual(await limits.audit(ALL_SHARDS), {
        toAdmit: [],
        toAsk: [],
        toRelease: [],
        toGrant: [],
        imposed: [],
        waiting: 0,
        callSlots: [],
      });
      const granted = await ask();
      const waiting = await ask();
      const silent = await accept();
      const found = await limits.audit(ALL_SHARDS);
      assert.deepEqual(found.toAdmit, [granted.runId]);
      assert.deepEqual(found.toAsk, [silent.runId]);
      assert.deepEqual([found.toRelease, found.toGrant, found.waiting], [[], [], 1]);
      assert.deepEqual((await limits.audit([])).toAsk, [], 'runs of other shards are for others');
      await runs.commit(batch(ending(step(granted.runId, 3))));
      assert.deepEqual((await limits.audit(ALL_SHARDS)).toRelease, [granted.runId]);
      assert.deepEqual((await limits.release([granted.runId])).grantedRunIds, [waiting.runId]);
    });

    test('a run that waits has a place, and the limit that it waits for', async () => {
      const { ask, limits } = await line();
      const a = await ask();
      await ask();
      const b = await ask({ claims: [claim('key/free', 9), claim(KEY, 1)] });
      assert.equal(await limits.placeOf(a.runId), undefined);
      const place = await limits.placeOf(b.runId);
      assert.deepEqual([place?.limit.key, place?.place, place?.limit.holderCount], [KEY, 2, 1]);
    });

    test('limits of other namespaces are others; what nobody uses is forgotten', async () => {
      const { ask, end, limits } = await line();
      const a = await ask();
      await limits.setLimit(
        { namespace: 'other', key: KEY },
        { maxConcurrency: 1, rate: { limit: 1, perMs: HOUR_MS } },
      );
      assert.equal((await limits.limit({ namespace: 'other', key: KEY }))?.holderCount, 0);
      assert.deepEqual(
        (await limits.listLimits('default', '', 10)).map(({ key }) => key),
        [KEY],
      );
      assert.deepEqual(await limits.listLimits('default', KEY, 10), []);
      assert.equal(await limits.forgetUnused(), 0);
      await end(a.runId);
      assert.equal(await limits.forgetUnused(), 1);
      assert.deepEqual(await limits.listLimits('default', '', 10), []);
      assert.equal((await limits.listLimits('other', '', 10)).length, 1);
      assert.equal(await limits.placeOf(uuidv7()), undefined);
    });
  });
}
