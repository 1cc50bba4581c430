import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { natsServer } from './nats-server.ts';

/** The greeting every NATS server sends to a new connection. */
async function greeting(port: number): Promise<{ jetstream?: boolean; server_id: string }> {
  const socket = connect(port, '127.0.0.1');
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return JSON.parse(data.toString().replace(/^INFO /, '')) as { jetstream?: boolean; server_id: string };
}

test('runs with JetStream, comes back on the same port after a kill', async () => {
  await using server = await natsServer();
  const first = await greeting(server.port);
  assert.equal(first.jetstream, true);
  await server.kill();
  await assert.rejects(greeting(server.port), /ECONNREFUSED/);
  await server.wipeStore();
  await server.restart();
  assert.notEqual((await greeting(server.port)).server_id, first.server_id);
});

test('a paused server goes on where it stopped, and can be disposed while paused', async () => {
  await using server = await natsServer();
  server.pause();
  const waiting = greeting(server.port);
  server.resume();
  assert.ok((await waiting).server_id);
  server.pause();
});

test('leaves nothing behind', async () => {
  const { tmpdir } = await import('node:os');
  const server = await natsServer();
  const directory = /Store Directory: "([^"]+)"/i.exec(server.output)?.[1] ?? '';
  assert.ok(directory.startsWith(tmpdir()));
  await server[Symbol.asyncDispose]();
  await assert.rejects(readdir(directory), /ENOENT/);
});
