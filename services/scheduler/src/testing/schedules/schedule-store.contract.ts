import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ScheduleRow, ScheduleStore, ScheduleWrite } from '../../app/schedules/schedule-store.ts';
import { shardOfSchedule } from '../../domain/schedule/derived.ts';
import { NOON_MS, sampleScheduleRow, sampleSpec } from './sample-schedules.ts';

const ALL_SHARDS = Array.from({ length: 256 }, (_, shard) => shard);
const FIRE = { kind: 'time', fireMs: NOON_MS, runId: '01890000-0000-7000-8000-000000000000' } as const;

function write({ namespace, scheduleId, writeSeq, state }: ScheduleRow, change: Partial<ScheduleWrite> = {}) {
  return { namespace, scheduleId, writeSeq, state, nextFireMs: undefined, checkAtMs: undefined, ...change };
}

/** The promises of `ScheduleStore`, proved on one adapter. */
export function testScheduleStoreContract(adapter: string, emptyStore: () => Promise<ScheduleStore>): void {
  const only = async (store: ScheduleStore, scheduleId: string) => {
    const [found] = await store.load([{ namespace: 'default', scheduleId }]);
    return found;
  };

  describe(`schedule store: ${adapter}`, () => {
    test('a schedule is read as it was made', async () => {
      const store = await emptyStore();
      const made = sampleScheduleRow('one', { requestId: 'r', requestDigest: 'd' });
      assert.deepEqual(await store.create(made), { row: made, created: true });
      assert.deepEqual(await only(store, 'one'), made);
      assert.equal(await only(store, 'two'), undefined);
      assert.deepEqual(await store.load([{ namespace: 'other', scheduleId: 'one' }]), []);
    });

    test('Y2 an id, and a request id, is taken once', async () => {
      const store = await emptyStore();
      const made = sampleScheduleRow('one', { requestId: 'r' });
      await store.create(made);
      const taken = { row: made, created: false };
      assert.deepEqual(await store.create(sampleScheduleRow('one', { requestId: 'other' })), taken);
      assert.deepEqual(await store.create(sampleScheduleRow('two', { requestId: 'r' })), taken);
      assert.equal((await store.create(sampleScheduleRow('two'))).created, true);
      assert.equal((await store.create(sampleScheduleRow('three'))).created, true, 'no request id is nobody’s');
      assert.equal(
        (await store.create(sampleScheduleRow('one', { namespace: 'other', requestId: 'r' }))).created,
        true,
      );
      const many = await Promise.all(
        Array.from({ length: 8 }, () => store.create(sampleScheduleRow('raced', { requestId: 'x' }))),
      );
      assert.equal(many.filter(({ created }) => created).length, 1);
    });

    test('Y1 of two writes from the same row one is stored', async () => {
      const store = await emptyStore();
      const made = sampleScheduleRow('one');
      await store.create(made);
      const state = { ...made.state, buffered: [FIRE] };
      const writes = [write(made, { state, checkAtMs: NOON_MS + 5 }), write(made, { checkAtMs: NOON_MS + 9 })];
      const saved = (await Promise.all(writes.map((it) => store.save([it])))).flat();
      assert.equal(saved.filter(Boolean).length, 1);
      const after = await only(store, 'one');
      assert.equal(after?.writeSeq, 2);
      assert.equal(after.checkAtMs, saved[0] === true ? NOON_MS + 5 : NOON_MS + 9);
      assert.deepEqual(await store.save([write(made)]), [false], 'nor later');
    });

    test('writes are stored together, each for itself; a spec stays unless it is changed', async () => {
      const store = await emptyStore();
      const [a, b, c] = [sampleScheduleRow('a'), sampleScheduleRow('b'), sampleScheduleRow('c')];
      for (const it of [a, b, c]) await store.create(it);
      const change = { spec: sampleSpec({ crons: ['@daily'] }), revision: 2, updatedAtMs: NOON_MS + 7 };
      const saved = await store.save([
        write(c, { change, nextFireMs: NOON_MS + 3 }),
        write({ ...b, writeSeq: 9 }),
        write(a, { state: { ...a.state, isPaused: true } }),
      ]);
      assert.deepEqual(saved, [true, false, true]);
      assert.deepEqual(await only(store, 'c'), {
        ...c,
        ...change,
        writeSeq: 2,
        nextFireMs: NOON_MS + 3,
        checkAtMs: undefined,
      });
      assert.deepEqual(await only(store, 'b'), b);
      const paused = await only(store, 'a');
      assert.deepEqual([paused?.spec, paused?.revision, paused?.state.isPaused], [a.spec, 1, true]);
    });

    test('what is deleted is gone, and what was read of it is not stored', async () => {
      const store = await emptyStore();
      const made = sampleScheduleRow('one');
      await store.create(made);
      assert.equal(await store.delete(made), true);
      assert.equal(await store.delete(made), false);
      assert.deepEqual(await store.save([write(made)]), [false]);
      assert.equal(await only(store, 'one'), undefined);
    });

    test('lists are by id and by pages', async () => {
      const store = await emptyStore();
      for (const id of ['c', 'a', 'b']) await store.create(sampleScheduleRow(id));
      await store.create(sampleScheduleRow('d', { namespace: 'other' }));
      const ids = async (afterId: string, limit: number) =>
        (await store.list('default', afterId, limit)).map(({ scheduleId }) => scheduleId);
      assert.deepEqual(await ids('', 2), ['a', 'b']);
      assert.deepEqual(await ids('b', 2), ['c']);
    });

    test('due is what has to be looked at by then, in these shards, the most overdue first', async () => {
      const store = await emptyStore();
      const nowMs = Date.now();
      const after = { soon: 20_000, late: -5000, now: -1, far: 90_000 };
      for (const [id, ms] of Object.entries(after))
        await store.create(sampleScheduleRow(id, { checkAtMs: nowMs + ms }));
      await store.create(sampleScheduleRow('never', { checkAtMs: undefined }));
      const due = async (shards: readonly number[], limit = 10) =>
        (await store.due(shards, 60_000, limit)).map(({ scheduleId }) => scheduleId);
      assert.deepEqual(await due(ALL_SHARDS), ['late', 'now', 'soon']);
      assert.deepEqual(await due(ALL_SHARDS, 1), ['late']);
      assert.deepEqual(await due([shardOfSchedule({ namespace: 'default', scheduleId: 'now' })]), ['now']);
      const [first] = await store.due(ALL_SHARDS, 0, 1);
      assert.deepEqual(first, { namespace: 'default', scheduleId: 'late', checkAtMs: nowMs - 5000 });
    });
  });
}
