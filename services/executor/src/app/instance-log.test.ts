import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InstanceLog, type LoggedLine, type LogReading } from './instance-log.ts';

const AGAIN = new AbortController().signal;

async function read(log: InstanceLog, about: Partial<LogReading> = {}): Promise<readonly LoggedLine[]> {
  const reading = { tailLines: 1000, follow: false, afterNumber: 0, ...about };
  const lines = await Array.fromAsync(log.read(reading, AGAIN));
  return lines.filter((line) => line !== undefined);
}

function filled(count: number, text = (at: number) => `line ${at}`): InstanceLog {
  const log = new InstanceLog();
  for (let at = 1; at <= count; at += 1) log.write(text(at), at);
  return log;
}

test('the last lines are read, with their number, time and restarts', async () => {
  const log = filled(3);
  log.restarts = 2;
  log.write('line 4', 4);
  assert.deepEqual(await read(log, { tailLines: 2 }), [
    { timeMs: 3, text: 'line 3', restarts: 0, skippedLines: 0, number: 3 },
    { timeMs: 4, text: 'line 4', restarts: 2, skippedLines: 0, number: 4 },
  ]);
  assert.deepEqual(await read(log, { tailLines: 0 }), []);
  const after = await read(log, { tailLines: 0, afterNumber: 3 });
  assert.deepEqual(
    after.map(({ number }) => number),
    [4],
  );
});

test('no more is kept than 1,000 lines and 256 KiB', async () => {
  assert.deepEqual((await read(filled(5000))).length, 1000);
  const long = await read(filled(100, () => 'x'.repeat(8192)));
  assert.equal(long.length, 32);
  assert.equal(long[0]?.number, 69);
});

test('who is slow is told what it missed, and holds nothing up', async () => {
  const log = filled(1);
  const reader = log.read({ tailLines: 10, follow: true, afterNumber: 0 }, AGAIN);
  assert.equal((await reader.next()).value?.number, 1);
  for (let at = 2; at <= 3000; at += 1) log.write(`line ${at}`, at);
  const { value } = await reader.next();
  assert.deepEqual([value?.number, value?.skippedLines], [2001, 1999]);
  await reader.return();
});

test('who follows gets what comes, until the end', async () => {
  const log = filled(1);
  const following = read(log, { follow: true });
  log.write('line 2', 2);
  log.write('line 3', 3);
  log.end();
  assert.deepEqual(
    (await following).map(({ number }) => number),
    [1, 2, 3],
  );
  const left = new AbortController();
  const waiting = Array.fromAsync(filled(0).read({ tailLines: 1, follow: true, afterNumber: 0 }, left.signal));
  left.abort();
  assert.deepEqual(await waiting, []);
});
