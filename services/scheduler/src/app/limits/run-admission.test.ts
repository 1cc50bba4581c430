import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_FLOW } from '@skein/domain';
import { eventually } from '@skein/testkit';
import { engineRig, sampleStart, taskSucceeded, turn } from '../../testing/engine-rig.ts';
import { MemoryLimitStore } from '../../adapters/memory/limit-store.ts';
import { LimitBook } from './limit-book.ts';
import type { LimitStore } from './limit-store.ts';
import { RunAdmission } from './run-admission.ts';

const CLAIM = { key: 'namespace', maxConcurrency: 1, rate: undefined };

test('R13 a run without limits asks nothing of limits, and its first transition is as it was', async () => {
  const rig = engineRig();
  const runId = await rig.begin();
  const ended = rig.engine.submit(runId, taskSucceeded());
  await rig.commit();
  await ended;
  assert.deepEqual(rig.told, [
    'run_started node_scheduled',
    'agent_invoke_started agent_invoke_done node_succeeded run_done',
  ]);
});

test('N1, N2 a limited run asks when its start is durable, and gives its slots back when its end is', async () => {
  const rig = engineRig();
  const sample = sampleStart('', rig.plan);
  const runId = await rig.begin({ command: { ...sample.command, flow: { ...DEFAULT_FLOW, limits: [CLAIM] } } });
  assert.deepEqual(rig.told, ['run_started', 'waits for namespace']);
  assert.equal(rig.engine.size, 0, 'while it waits it is not in memory');
  assert.deepEqual(await rig.store.openRuns(undefined, 10, 600_000), [], 'and far away');
  const admitted = rig.engine.submit(runId, { kind: 'admit_run' });
  // While it waits it is not in memory.
  await turn();
  await rig.commit();
  await admitted;
  assert.deepEqual(rig.told.splice(0).slice(-1), ['run_admitted node_scheduled']);
  assert.deepEqual(await rig.store.openRuns(undefined, 10, 61_000), [runId], 'it has come near, whoever dies now');
  const cancelled = rig.engine.submit(runId, { kind: 'cancel_run', reason: '' });
  await turn();
  assert.deepEqual(rig.told, [], 'nothing is given back before the end is durable');
  await rig.commit();
  await cancelled;
  assert.deepEqual(rig.told, ['run_cancelled', 'gives its slots back']);
});

test('N4 a store that fails is asked again by the next round', async () => {
  const rig = engineRig();
  const sample = sampleStart('', rig.plan);
  const runId = await rig.begin({ command: { ...sample.command, flow: { ...DEFAULT_FLOW, limits: [CLAIM] } } });
  const state = (await rig.engine.adopt(runId))?.state;
  assert.ok(state);
  const stored = new MemoryLimitStore({ runs: rig.store });
  let isAway = true;
  const limits: LimitStore = new Proxy<LimitStore>(stored, {
    get(target, name) {
      if (isAway) return () => Promise.reject(new Error('away'));
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const failures: unknown[] = [];
  const book = new LimitBook(stored);
  const shards = Array.from({ length: 256 }, (_, shard) => shard);
  const plans = { stored: async () => undefined, ofRun: async () => rig.plan };
  using admission = new RunAdmission({
    limits,
    book,
    calls: { changed: () => {}, round: () => {}, settle: () => {} },
    store: rig.store,
    plans,
    host: rig.engine,
    ownership: { owns: () => true, shards },
    onFailed: (error) => void failures.push(error),
    onWaiting: () => {},
  });
  admission.waits(state);
  await turn();
  assert.equal(failures.length, 1);
  isAway = false;
  await stored.setLimit({ namespace: 'default', key: 'namespace' }, { maxConcurrency: 1, rate: undefined });
  await admission.round();
  await eventually(() => rig.pending.length > 0, { describe: 'the admission' });
  await rig.commit();
  assert.ok(rig.told.includes('run_admitted node_scheduled'), rig.told.join(', '));
  assert.equal(book.isLimited('default', 'namespace'), true, 'the round brings the book up to date');
});
