import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { InstanceCalls, InstanceHeartbeat, InstanceLoad, LoadStore } from './agent-store.ts';
import { LoadBook } from './load-book.ts';

const heartbeat = (instanceId: string, load = 0.5): InstanceHeartbeat => ({
  namespace: 'default',
  agentId: 'a',
  instanceId,
  health: 'HEALTHY',
  healthDetail: '',
  load,
  inFlight: 0,
  latencyMs: undefined,
});

const calls = (executorId: string, instanceId: string): InstanceCalls => ({
  namespace: 'default',
  agentId: 'a',
  instanceId,
  executorId,
  inFlight: 1,
  latencyMs: 1,
  breaker: 'CLOSED',
});

const load = (instanceId: string, reportedAtMs: number): InstanceLoad => ({
  instanceId,
  load: 0.5,
  inFlight: 0,
  latencyMs: 0,
  breaker: undefined,
  reportedAtMs,
});

/** A store that counts its statements, and a book whose second a test lets pass. */
function stage(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 100_000 });
  const statements: string[] = [];
  const errors: unknown[] = [];
  const state = { away: false, loads: [] as InstanceLoad[] };
  const note = (statement: string) => {
    statements.push(statement);
    if (state.away) throw new Error('away');
  };
  const store: LoadStore = {
    recordHeartbeats: async (heartbeats) => note(`heartbeats ${heartbeats.map((each) => each.load).join(' ')}`),
    recordCalls: async (each) => note(`calls ${each.length}`),
    async loadsSince(sinceMs) {
      note(`loads since ${sinceMs}`);
      return { loads: state.loads, nowMs: Date.now() };
    },
    sweep: async () => 0,
  };
  const book = new LoadBook({
    store,
    intervalMs: 1000,
    nowMs: Date.now,
    onFailed: (_what, error) => errors.push(error),
  });
  const pass = async (ms: number) => {
    t.mock.timers.tick(ms);
    await turn();
    await turn();
  };
  return { book, state, statements, errors, pass };
}

suite('load book', () => {
  test('B1: a second of a thousand instances is one statement for each kind', async (t) => {
    const { book, statements, pass } = stage(t);
    for (let round = 0; round < 5; round += 1) {
      for (let at = 0; at < 1000; at += 1) book.calls(calls('e', `i-${at}`));
      for (let at = 0; at < 3; at += 1) book.heartbeat(heartbeat(`i-${at}`, round / 10));
      book.newsInStore();
      await pass(100);
    }
    assert.deepEqual(statements, []);
    await pass(600);
    assert.deepEqual(statements, ['heartbeats 0.4 0.4 0.4', 'calls 1000', 'loads since 0']);
    await pass(10_000);
    assert.equal(statements.length, 3, 'silence costs nothing');
  });

  test('B2: what could not be written is tried again, unless something newer was said', async (t) => {
    const { book, state, statements, errors, pass } = stage(t);
    state.away = true;
    book.heartbeat(heartbeat('old', 0.1));
    book.heartbeat(heartbeat('kept', 0.2));
    await pass(1000);
    assert.equal(errors.length, 1);
    state.away = false;
    book.heartbeat(heartbeat('old', 0.9));
    await pass(1000);
    assert.deepEqual(statements, ['heartbeats 0.1 0.2', 'heartbeats 0.9 0.2']);
  });

  test('listeners are told what is new, and each load once', async (t) => {
    const { book, state, pass } = stage(t);
    const told: string[] = [];
    using _listening = book.listen((loads) => told.push([...loads.keys()].join(' ')));
    state.loads = [load('a', 100_500), load('b', 100_600)];
    book.newsInStore();
    await pass(1000);
    state.loads = [load('a', 101_500), load('b', 100_600)];
    book.newsInStore();
    await pass(1000);
    assert.deepEqual(told, ['a b', 'a']);
    using _late = book.listen((loads) => told.push(`late: ${[...loads.keys()].join(' ')}`));
    assert.equal(told.at(-1), 'late: a b');
  });

  test('B3: a load that is not repeated is forgotten', async (t) => {
    const { book, state, pass } = stage(t);
    state.loads = [load('a', 100_000)];
    book.newsInStore();
    await pass(1000);
    assert.equal(book.loadOf('a')?.load, 0.5);
    await pass(29_001);
    assert.equal(book.loadOf('a'), undefined);
  });

  test('what was said is written when the book is closed', async (t) => {
    const { book, statements } = stage(t);
    book.heartbeat(heartbeat('a'));
    await book[Symbol.asyncDispose]();
    assert.deepEqual(statements, ['heartbeats 0.5']);
  });
});
