import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { cpuSeconds, membersOf, pssMegabytes, readProcessTable, total, type ProcessTable } from './process-tree.ts';

function table(parents: Readonly<Record<number, number>>): ProcessTable {
  const rows = Object.entries(parents).map(([pid, parentPid]) => [Number(pid), { parentPid, cpuSeconds: 1 }] as const);
  return new Map(rows);
}

test('a process belongs to the nearest named one that it descends from', () => {
  // 10 is the platform, 20 its Postgres with two workers, 30 somebody else's.
  const processes = table({ 1: 0, 10: 1, 11: 10, 20: 10, 21: 20, 22: 21, 30: 1 });
  const parts = { skein: 10, postgres: 20 };
  assert.deepEqual(membersOf(processes, parts), { skein: [10, 11], postgres: [20, 21, 22] });
  assert.deepEqual(cpuSeconds(processes, parts), { skein: 2, postgres: 3 });
});

test('a part whose process is gone costs nothing', () => {
  assert.deepEqual(cpuSeconds(table({ 1: 0, 10: 1 }), { skein: 10, postgres: 99 }), { skein: 1, postgres: 0 });
});

test('a program that works and its child that has ended are both on the bill', async () => {
  const burn = 'while (process.cpuUsage().user < 150_000);';
  const script = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(burn)}]); ${burn}
    console.log('done'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const parts = { child: child.pid ?? 0 };
    // 0.15 s each; the kernel books in ticks of 10 ms.
    const spent = cpuSeconds(readProcessTable(), parts)['child'] ?? 0;
    assert.ok(spent > 0.28, `${spent} s`);
    assert.ok((pssMegabytes(readProcessTable(), parts)['child'] ?? 0) > 5);
    assert.equal(total({ a: 1, b: 2 }), 3);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
