/** R13 of the hot path (docs/hot-path.md): idle costs nothing. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { v7 as uuidv7 } from 'uuid';
import { MemoryCalledRunStore } from '../adapters/memory/called-run-store.ts';
import { MemoryLimitStore } from '../adapters/memory/limit-store.ts';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import type { RunStore } from '../app/run-store.ts';
import { SETTLE_MS } from '../app/ownership.ts';
import { SchedulerCore } from '../app/scheduler-core.ts';
import { batch, newRunId, start } from '../testing/run-store/sample-batches.ts';
import { NO_PEERS } from '../testing/no-peers.ts';
import { soleOwnership } from '../testing/sole-ownership.ts';

const PARKED = 300;
const SECONDS = 20;
const TICK_MS = 100;
/** One each for the outbox, for what is due, for limits, and for what a former owner may have left after this one joined. */
const MAX_QUERIES_A_SECOND = 4;

/** A store that counts what it is asked. */
function counting<T extends object>(store: T, calls: string[]): T {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        calls.push(String(name));
        return Reflect.apply(member, target, args);
      };
    },
  });
}

test('R13 parked runs are not in memory, and looking after them takes the same few queries however many they are', async () => {
  const store = new MemoryRunStore();
  await store.commit(batch(...Array.from({ length: PARKED }, () => start(newRunId()))));
  await store.deleteOutbox((await store.staleOutbox(0, 10)).map(({ batchId }) => batchId));
  const calls: string[] = [];
  const counted = counting<RunStore>(store, calls);
  const members = [{ schedulerId: 'sole', address: '127.0.0.1:1', historyVersion: 1 }];
  let settledMs = 0;
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    await using core = new SchedulerCore({
      store: counted,
      limits: counting(new MemoryLimitStore({ runs: store }), calls),
      calledRuns: counting(new MemoryCalledRunStore(store), calls),
      plans: { stored: () => assert.fail('no plan is needed'), ofRun: () => assert.fail('no plan is needed') },
      carrier: { maxPayloadBytes: 1024, publishEventBatch: () => assert.fail('there is nothing to publish') },
      observer: {
        transitionCommitted: () => assert.fail('nothing happens'),
        raceLost: assert.fail,
        runSetAside: (_, error) => assert.fail(String(error)),
        storeFailed: (error) => assert.fail(String(error)),
        reportFailed: (_, error) => assert.fail(String(error)),
        publishFailed: (error) => assert.fail(String(error)),
        runsWaiting: (count) => assert.equal(count, 0),
        callsWaiting: (count) => assert.equal(count, 0),
      },
      ownership: soleOwnership({ monotonicMs: () => settledMs }),
      peers: NO_PEERS,
      newCommitId: uuidv7,
      nowMs: Date.now,
      random: () => 0.5,
    });
    await core.membersChanged(members, true);
    assert.equal(core.engine.size, 0, 'adoption leaves parked runs where they are');
    settledMs = SETTLE_MS;
    core.keeper.start();
    calls.length = 0;
    for (let passedMs = 0; passedMs < SECONDS * 1000; passedMs += TICK_MS) {
      mock.timers.tick(TICK_MS);
      // The round that the tick began ends within this turn: the store answers at once.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const cleaning = calls.filter((name) => name === 'deleteStartKeys' || name === 'forgetUnused').length;
    const rounds = calls.filter((name) => name === 'dueRuns').length;
    assert.equal(rounds, SECONDS, 'a round a second');
    assert.ok(calls.length - cleaning <= MAX_QUERIES_A_SECOND * SECONDS, `${calls.length} queries`);
    assert.ok(cleaning <= 2);
    assert.equal(core.engine.size, 0);
  } finally {
    mock.timers.reset();
  }
});
