import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryBus } from '@skein/bus';
import { MemoryRunEventStore } from '../adapters/memory/memory-run-event-store.ts';
import { MemoryTaskEventStore } from '../adapters/memory/memory-task-event-store.ts';
import { SchedulerHistorySource } from '../adapters/scheduler/scheduler-history-source.ts';
import { START } from '../domain/position.ts';
import type { RunKey } from '../domain/run-key.ts';
import { FakeScheduler } from '../testing/fake-scheduler.ts';
import { recordingObserver } from '../testing/recording-observer.ts';
import { newRun, what } from '../testing/sample-events.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { HistoryLostError } from './event-log-errors.ts';
import { listRunEvents } from './list-run-events.ts';
import { RunHistory } from './run-history.ts';

/** A run of three transitions that the scheduler has pruned, and a store that has the first `stored` of them. */
async function prunedRun(stored: number) {
  const run = newRun();
  const scheduler = new FakeScheduler(createMemoryBus());
  for (const event of [what.runStarted(), what.nodeScheduled('a'), what.runDone()]) scheduler.decide(run, [event]);
  scheduler.prune(run);
  const store = new MemoryRunEventStore();
  const observer = recordingObserver();
  await store.append(scheduler.recordsOf(run).slice(0, stored));
  const history = new RunHistory({ store, source: new SchedulerHistorySource(scheduler.tasks), observer });
  const tasks = { store: new MemoryTaskEventStore(), clock: new VirtualClock(), observer };
  const list = (key: RunKey) =>
    listRunEvents(
      { history, tasks },
      { run: key, from: START, eventNames: new Set(), taskEvents: false, pageSize: 10, minSeq: 0 },
    );
  return { run, scheduler, store, history, list };
}

test('R9 a pruned run is read to its end without asking the scheduler', async () => {
  const { run, scheduler, list } = await prunedRun(3);
  const { entries, next } = await list(run);
  assert.equal(entries.length, 3);
  assert.equal(next, undefined);
  assert.equal(scheduler.asked, 0);
});

test('a pruned run whose end this store has lost is an error, never a shorter list', async () => {
  const { run, list } = await prunedRun(2);
  await assert.rejects(list(run), HistoryLostError);
  const unknown = await prunedRun(0);
  await assert.rejects(unknown.list(unknown.run), HistoryLostError);
});

test('what arrives while the scheduler is asked is found, though the scheduler has nothing any more', async () => {
  const { run, scheduler, store, history } = await prunedRun(2);
  const last = store.last.bind(store);
  store.last = async (key) => {
    await store.append(scheduler.recordsOf(run));
    return last(key);
  };
  assert.equal(await history.catchUp(run, 2), 'added');
});
