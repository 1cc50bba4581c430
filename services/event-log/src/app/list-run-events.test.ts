import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryRunEventStore } from '../adapters/memory/memory-run-event-store.ts';
import { MemoryTaskEventStore } from '../adapters/memory/memory-task-event-store.ts';
import { START, type Position } from '../domain/position.ts';
import type { RunKey } from '../domain/run-key.ts';
import type { TransitionRecord } from '../domain/transition-record.ts';
import { chunksOf } from '../domain/task-chunk.ts';
import { recordingObserver } from '../testing/recording-observer.ts';
import { deltas, newRun, transition, what, type What } from '../testing/sample-events.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { HistoryLostError, HistoryUnavailableError } from './event-log-errors.ts';
import { listRunEvents, type ListEntry, type ListPage, type ListQuery } from './list-run-events.ts';
import { RunHistory } from './run-history.ts';

/** A store into which something comes right after a read. */
class RacingStore extends MemoryRunEventStore {
  afterRead: () => Promise<void> = async () => {};

  override async readAfter(...read: Parameters<MemoryRunEventStore['readAfter']>): Promise<TransitionRecord[]> {
    const rows = await super.readAfter(...read);
    await this.afterRead();
    return rows;
  }
}

/** Stores of a run, and its pages. */
function listing(run: RunKey) {
  const store = new RacingStore();
  const taskStore = new MemoryTaskEventStore();
  const observer = recordingObserver();
  const source = { fetchAfter: async () => undefined };
  const history = new RunHistory({ store, source, observer });
  const parts = { history, tasks: { store: taskStore, clock: new VirtualClock(), observer } };
  let nextSeq = 1;
  return {
    store,
    taskStore,
    async add(...events: What[]): Promise<void> {
      await store.append([transition(run, nextSeq, events)]);
      nextSeq += events.length;
    },
    skip(count: number): void {
      nextSeq += count;
    },
    page: (from: Position, overrides: Partial<ListQuery> = {}): Promise<ListPage> =>
      listRunEvents(parts, {
        run,
        from,
        eventNames: new Set(),
        taskEvents: true,
        pageSize: 100,
        minSeq: 0,
        ...overrides,
      }),
  };
}

const lines = (entries: readonly ListEntry[]): string[] =>
  entries.map((entry) =>
    entry.kind === 'run_event'
      ? `${entry.event.seq} ${entry.event.event.case}`
      : `${entry.event.nodeId}/${entry.event.dispatch} ${entry.event.taskSeq}`,
  );

test('a list that has to reach a seq does, or says that it cannot', async () => {
  const run = newRun();
  const log = listing(run);
  await log.add(what.runStarted(), what.nodeScheduled('a'));
  assert.equal((await log.page(START, { minSeq: 2 })).entries.length, 2);
  await assert.rejects(log.page(START, { minSeq: 3 }), HistoryUnavailableError);
  assert.equal((await log.page(START, { minSeq: 3, pageSize: 1 })).entries.length, 1, 'the page is full before');
});

test('a page that ends inside a dispatch goes on there, also where the dispatch has ended meanwhile', async () => {
  const run = newRun();
  const log = listing(run);
  const text = deltas(run, what.ref('a'), ['1', '2', '3', '4']);
  await log.add(what.runStarted(), what.nodeScheduled('a'));
  await log.taskStore.append(chunksOf(text.slice(0, 3)));
  const first = await log.page(START, { pageSize: 4 });
  assert.deepEqual(lines(first.entries), ['1 runStarted', '2 nodeScheduled', 'a/1 1', 'a/1 2']);
  assert.ok(first.next !== undefined);
  await log.taskStore.append(chunksOf(text));
  await log.add(what.agentInvokeDone(what.ref('a'), 4), what.runDone());
  const second = await log.page(first.next);
  assert.deepEqual(lines(second.entries), ['a/1 3', 'a/1 4', '3 agentInvokeDone', '4 runDone']);
  assert.equal(second.next, undefined);
});

test('task events of a dispatch that ended before the page are not listed again', async () => {
  const run = newRun();
  const log = listing(run);
  await log.add(what.runStarted());
  await log.taskStore.append(chunksOf(deltas(run, what.ref('a'), ['1'])));
  await log.add(what.agentInvokeDone(what.ref('a'), 1), what.nodeSucceeded('a'), what.nodeScheduled('b'));
  const page = await log.page({ seq: 3, open: [] });
  assert.deepEqual(lines(page.entries), ['4 nodeScheduled']);
});

test('names choose among run events and task events', async () => {
  const run = newRun();
  const log = listing(run);
  await log.add(what.runStarted());
  await log.taskStore.append(chunksOf(deltas(run, what.ref('a'), ['1', '2'])));
  await log.add(what.agentInvokeDone(what.ref('a'), 2), what.runDone());
  const chosen = async (...names: string[]) => lines((await log.page(START, { eventNames: new Set(names) })).entries);
  assert.deepEqual(await chosen('agent_stream_delta'), ['a/1 1', 'a/1 2']);
  assert.deepEqual(await chosen('run_started', 'run_done'), ['1 runStarted', '3 runDone']);
});

test('a page is not larger than a message may be, and has one entry at least', async () => {
  const run = newRun();
  const log = listing(run);
  await log.add(what.runStarted());
  const large = 'x'.repeat(200 * 1024);
  const pieces = Array.from({ length: 40 }, () => large);
  await log.taskStore.append(chunksOf(deltas(run, what.ref('a'), pieces)));
  await log.add(what.runDone());
  let from: Position | undefined = START;
  const sizes: number[] = [];
  while (from !== undefined) {
    const page: ListPage = await log.page(from);
    sizes.push(page.entries.length);
    from = page.next;
  }
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    42,
  );
  assert.ok(sizes.length > 1 && Math.max(...sizes) <= 23, String(sizes));
});

test('what is stored between two looks at a run is not missed, even where it is the end', async () => {
  const run = newRun();
  const log = listing(run);
  await log.add(what.runStarted());
  const late: What[][] = [[what.nodeScheduled('a')], [what.runDone()]];
  log.store.afterRead = async () => {
    const events = late.shift();
    if (events !== undefined) await log.add(...events);
  };
  const page = await log.page(START, { taskEvents: false });
  assert.deepEqual(lines(page.entries), ['1 runStarted', '2 nodeScheduled', '3 runDone']);
});

test('a gap that nobody can fill is an error, never a shorter list', async () => {
  const run = newRun();
  const log = listing(run);
  await log.add(what.runStarted());
  log.skip(2);
  await log.add(what.runDone());
  await assert.rejects(log.page(START), HistoryLostError);
});
