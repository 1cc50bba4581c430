import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { spawnProcess, temporaryDirectory } from '@skein/testkit';
import { isSameProcess, startMark } from '../platform/live-process.ts';
import { useCli } from '../testing/use-cli.ts';
import { choosePorts } from './choose-ports.ts';
import { lockFolder } from './folder-lock.ts';
import { partEnvironment, stagesOf, type PartSpec } from './parts.ts';
import { readRecord, runningParts, writeRecord } from './record.ts';

const PART: PartSpec = { name: 'gateway', ports: [{ use: 'http', env: 'HTTP_PORT', preferred: 0 }] };
const isRunning = (): boolean => false;

async function takenPort(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')) };
}

test('a default port gives way, a port that was asked for is taken or refused', async () => {
  await using taken = await takenPort();
  const preferred = { ...PART, ports: [{ use: 'http', env: 'HTTP_PORT', preferred: taken.port } as const] };
  const chosen = await choosePorts([preferred], {}, {}, isRunning);
  assert.notEqual(chosen['gateway']?.['http'], taken.port);
  await assert.rejects(
    choosePorts([PART], { HTTP_PORT: String(taken.port) }, {}, isRunning),
    new RegExp(`port ${taken.port} of gateway is taken`),
  );
});

test('what runs keeps its ports, and what ran beside it gets its own again or nothing', async () => {
  await using taken = await takenPort();
  const known = { gateway: { pid: 1, start_mark: 'x', ports: { http: taken.port }, log: '' } };
  const kept = await choosePorts([PART], {}, known, () => true);
  assert.equal(kept['gateway']?.['http'], taken.port);
  await assert.rejects(choosePorts([PART], {}, known, isRunning), /is taken by another program/);
});

test('Postgres and NATS are among the parts unless they are given', () => {
  const names = (env: Record<string, string>): string[] =>
    stagesOf(env)
      .flat()
      .map(({ name }) => name);
  assert.deepEqual(names({}).slice(0, 2), ['postgres', 'nats']);
  assert.ok(
    !names({ DATABASE_URL: 'postgres://x', SKEIN_NATS_URL: 'nats://x' }).some((name) => /postgres|nats/.test(name)),
  );
});

test('every part is told where the others are', async () => {
  const stages = stagesOf({});
  const ports = await choosePorts(stages.flat(), {}, {}, isRunning);
  const env = partEnvironment(stages, ports, { database: 'postgres://d', nats: 'nats://n' });
  assert.equal(env['SKEIN_REGISTRY_ADDRESS'], `127.0.0.1:${ports['registry']?.['rpc']}`);
  assert.equal(env['SKEIN_SCHEDULER_ADDRESSES'], `127.0.0.1:${ports['scheduler']?.['rpc']}`);
  assert.equal(env['HTTP_PORT'], String(ports['gateway']?.['http']));
  assert.equal(
    new Set(Object.values(ports).flatMap((part) => Object.values(part))).size,
    stages.flat().flatMap((part) => part.ports).length,
  );
});

test('a pid means the same process only with its start time', async () => {
  const mark = await startMark(process.pid);
  assert.ok(mark);
  assert.equal(await isSameProcess(process.pid, mark), true);
  assert.equal(await isSameProcess(process.pid, `${mark}0`), false);
});

test('down leaves a process alone that only has the pid of one of ours', async () => {
  await using directory = await temporaryDirectory('down');
  await using stranger = await spawnProcess(process.execPath, { args: ['-e', 'setInterval(() => {}, 1e6)'] });
  const folder = `${directory.path}/distributed`;
  const gateway = { pid: stranger.pid, start_mark: 'an earlier process', ports: { http: 1 }, log: '' };
  await writeRecord(folder, { mode: 'distributed', api_url: 'http://x', started_at: '', services: { gateway } });
  assert.deepEqual(await runningParts(await readRecord(folder)), new Set());
  const { code, stdout, stderr } = await useCli(['down', '--data-dir', directory.path]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^nothing ran/);
  assert.match(stderr, /gateway +did not run/);
  assert.equal(stranger.kill('SIGTERM'), true);
});

test('one command at a time changes a platform', async () => {
  await using directory = await temporaryDirectory('lock');
  const order: string[] = [];
  const first = await lockFolder(directory.path);
  const second = lockFolder(directory.path).then((lock) => {
    order.push('second');
    return lock;
  });
  order.push('first');
  first[Symbol.dispose]();
  (await second)[Symbol.dispose]();
  assert.deepEqual(order, ['first', 'second']);
});
