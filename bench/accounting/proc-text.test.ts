import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBusySeconds, parsePssKb, parseStat } from './proc-text.ts';

test("a process's stat is read behind its name, whatever that holds", () => {
  const text = '4711 (a ) (b 1 2) S 42 4711 4711 0 -1 4194560 900 80 0 0 150 50 30 20 20 0 11 0 12345 1 2 3\n';
  assert.deepEqual(parseStat(text), { parentPid: 42, cpuSeconds: 2.5 });
});

test('the proportional part of the memory is read, not what is like it by name', () => {
  const text = ['Rss:               13264 kB', 'Pss:                4100 kB', 'Pss_Dirty:          1000 kB'].join('\n');
  assert.equal(parsePssKb(text), 4100);
  assert.equal(parsePssKb(''), 0);
});

test('busy time is neither idle nor waiting for disks nor stolen', () => {
  assert.equal(parseBusySeconds('cpu  100 20 30 9999 888 10 40 777 5 5\ncpu0 1 2 3\n'), 2);
});
