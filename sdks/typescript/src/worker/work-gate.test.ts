import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkGate } from './work-gate.ts';

test('so many run at once, the others in their order, and those that were aborted never', async () => {
  const gate = new WorkGate(2);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const leaving = new AbortController();
  const run = (name: string, signal = new AbortController().signal): void =>
    gate.run(signal, () => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    });
  run('a');
  run('b');
  run('c', leaving.signal);
  run('d');
  assert.deepEqual(begun, ['a', 'b']);
  leaving.abort();
  ends.get('b')?.();
  await new Promise(setImmediate);
  assert.deepEqual(begun, ['a', 'b', 'd']);
});
