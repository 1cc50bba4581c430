import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { createPool } from '../pool.ts';
import { PostgresError } from '../postgres-error.ts';
import { SILENT, startOwned, temporaryDirectory } from '../testing/temporary-server.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

const HOLDER = join(import.meta.dirname, '../testing/hold-server.ts');

async function run(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const pool = createPool(url, { max: 1, applicationName: 'test' });
  try {
    return (await pool.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await pool.end();
  }
}

function hasReason(reason: string): (error: unknown) => boolean {
  return (error) => error instanceof PostgresError && error.reason === reason;
}

test('starts durable and in UTC, keeps its data between starts', async () => {
  await using directory = await temporaryDirectory();
  const first = await startOwned(directory.path);
  await run(first.url, 'CREATE TABLE kept AS SELECT 1 AS id');
  assert.deepEqual(
    await run(first.url, `SELECT current_setting('fsync') AS fsync, current_setting('timezone') AS tz`),
    [{ fsync: 'on', tz: 'UTC' }],
  );
  await first.stop();
  await first.stop();
  await using second = await startOwned(directory.path);
  assert.deepEqual(await run(second.url, 'SELECT id FROM kept'), [{ id: 1 }]);
});

test('a second owner is told where the server runs', async () => {
  await using directory = await temporaryDirectory();
  await using server = await startOwned(directory.path);
  const other = await startEmbeddedPostgres({ dataDir: directory.path, log: SILENT });
  assert.deepEqual(other, { kind: 'already_running', url: server.url, ownerPid: process.pid });
});

test('two starts at the same time: one owns, the other waits and becomes a client', async () => {
  await using directory = await temporaryDirectory();
  const start = () => startEmbeddedPostgres({ dataDir: directory.path, log: SILENT });
  const [a, b] = await Promise.all([start(), start()]);
  assert.deepEqual([a.kind, b.kind].toSorted(), ['already_running', 'started']);
  assert.equal(a.url, b.url);
  for (const server of [a, b]) if (server.kind === 'started') await server.stop();
});

test('a server that is killed comes back on the same address; pools reconnect by themselves', async () => {
  await using directory = await temporaryDirectory();
  const again = Promise.withResolvers<void>();
  const log = {
    ...SILENT,
    info: (_: object, message: string) => (message.endsWith('again') ? again.resolve() : undefined),
  };
  await using server = await startOwned(directory.path, log);
  const pool = createPool(server.url, { max: 2, applicationName: 'test' });
  await pool.query('CREATE TABLE kept AS SELECT 7 AS id');
  const before = server.pid;
  process.kill(before, 'SIGKILL');
  await again.promise;
  assert.notEqual(server.pid, before);
  assert.deepEqual((await pool.query('SELECT id FROM kept')).rows, [{ id: 7 }]);
  await pool.end();
});

test('the server of a killed owner is adopted with everything committed', async () => {
  await using directory = await temporaryDirectory();
  const holder = spawn(process.execPath, [HOLDER, directory.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(holder.stdout.setEncoding('utf8'), 'data')) as [string];
  const [pid, url = ''] = line.split(' ');
  await run(url, 'CREATE TABLE kept AS SELECT 3 AS id');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await using server = await startOwned(directory.path);
  assert.equal(server.pid, Number(pid));
  assert.equal(server.url, url);
  assert.deepEqual(await run(url, 'SELECT id FROM kept'), [{ id: 3 }]);
});

test('an adopted server that dies is started again too, and stops when asked', async () => {
  await using directory = await temporaryDirectory();
  const holder = spawn(process.execPath, [HOLDER, directory.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const again = Promise.withResolvers<void>();
  const log = {
    ...SILENT,
    info: (_: object, message: string) => (message.endsWith('again') ? again.resolve() : undefined),
  };
  const server = await startOwned(directory.path, log);
  process.kill(server.pid, 'SIGKILL');
  await again.promise;
  await run(server.url, 'SELECT 1');
  await server.stop();
  await assert.rejects(run(server.url, 'SELECT 1'), /ECONNREFUSED/);
});

test('a note left by a dead server, or naming another process, does not keep it from starting', async () => {
  await using directory = await temporaryDirectory();
  await (await startOwned(directory.path)).stop();
  const note = `${process.pid}\n${join(directory.path, 'cluster')}\n1\n1\n\n\n\nready\n`;
  await writeFile(join(directory.path, 'cluster/postmaster.pid'), note);
  await using server = await startOwned(directory.path);
  assert.notEqual(server.pid, process.pid);
});

test('a taken port is an error that says so, at once', async () => {
  await using directory = await temporaryDirectory();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await assert.rejects(startEmbeddedPostgres({ dataDir: directory.path, port, log: SILENT }), (error: unknown) => {
    assert.ok(hasReason('EMBEDDED_START_FAILED')(error));
    assert.match(String(error), /free the port or choose another/);
    return true;
  });
  other.close();
});

test('data of another Postgres version is refused and left alone', async () => {
  await using directory = await temporaryDirectory();
  await (await startOwned(directory.path)).stop();
  const versionFile = join(directory.path, 'cluster/PG_VERSION');
  await writeFile(versionFile, '14\n');
  await assert.rejects(startOwned(directory.path), hasReason('EMBEDDED_DATA_VERSION'));
  assert.equal(await readFile(versionFile, 'utf8'), '14\n');
});
