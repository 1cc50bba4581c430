import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Health } from '../domain/agent-record.ts';
import type { HealthChange, HealthySign } from './agent-store.ts';
import { HealthJournal } from './health-journal.ts';

const change = (instanceId: string, health: Health): HealthChange => ({
  namespace: 'default',
  agentId: 'a',
  instanceId,
  health,
  healthDetail: '',
});

const sign = (instanceId: string, atMs: number): HealthySign => ({
  namespace: 'default',
  agentId: 'a',
  instanceId,
  atMs,
});

/** A journal whose writes a test lets go, or lets fail. */
function heldJournal(signIntervalMs = 30_000) {
  const writes: string[][] = [];
  const signs: HealthySign[][] = [];
  const pending: PromiseWithResolvers<void>[] = [];
  let failures = 0;
  const journal = new HealthJournal({
    writeChanges(changes) {
      writes.push(changes.map(({ instanceId, health }) => `${instanceId} ${health}`));
      const written = Promise.withResolvers<void>();
      pending.push(written);
      return written.promise;
    },
    async writeSigns(batch) {
      signs.push([...batch]);
    },
    signIntervalMs,
    onWriteFailed: () => {
      failures += 1;
    },
  });
  return { journal, writes, signs, pending, failures: () => failures };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test('while one write runs the next gathers, with the latest state of each', async () => {
  const { journal, writes, pending } = heldJournal();
  journal.change(change('i1', 'UNHEALTHY'));
  journal.change(change('i1', 'HEALTHY'));
  journal.change(change('i2', 'UNHEALTHY'));
  journal.change(change('i3', 'UNHEALTHY'));
  journal.forget('i3');
  assert.deepEqual(writes, [['i1 UNHEALTHY']]);
  pending[0]?.resolve();
  await settled();
  assert.deepEqual(writes.slice(1), [['i1 HEALTHY', 'i2 UNHEALTHY']]);
  pending[1]?.resolve();
  await journal[Symbol.asyncDispose]();
});

test('what could not be written is written later, unless there is newer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { journal, writes, pending, failures } = heldJournal();
  journal.change(change('i1', 'UNHEALTHY'));
  journal.change(change('i2', 'UNHEALTHY'));
  pending[0]?.reject(new Error('away'));
  await settled();
  assert.equal(failures(), 1);
  journal.change(change('i1', 'HEALTHY'));
  t.mock.timers.tick(1000);
  await settled();
  assert.deepEqual(writes.slice(1), [['i1 HEALTHY', 'i2 UNHEALTHY']]);
  pending[1]?.resolve();
  await journal[Symbol.asyncDispose]();
});

test('signs of all instances are one statement now and then', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { journal, signs } = heldJournal();
  for (let atMs = 0; atMs < 100; atMs += 1) journal.sign(sign(`i${atMs % 3}`, atMs));
  t.mock.timers.tick(29_999);
  await settled();
  assert.deepEqual(signs, []);
  t.mock.timers.tick(1);
  await settled();
  assert.deepEqual(signs, [[sign('i0', 99), sign('i1', 97), sign('i2', 98)]]);
  t.mock.timers.tick(60_000);
  await settled();
  assert.equal(signs.length, 1, 'without signs there is no statement');
  await journal[Symbol.asyncDispose]();
});
