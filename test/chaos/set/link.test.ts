import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { Link } from './link.ts';

const received: string[] = [];
const accepted: Socket[] = [];
const echo = createServer({ allowHalfOpen: true }, (socket) => {
  accepted.push(socket);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    received.push(chunk.toString());
    socket.write(chunk);
  });
  socket.on('end', () => socket.end());
});

before(async () => {
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
});
after(() => void echo.close());

interface Caller {
  readonly socket: Socket;
  heard: string;
  ended: boolean;
  failed: boolean;
}

async function call(link: Link): Promise<Caller> {
  const socket = connect({ host: '127.0.0.1', port: link.port, allowHalfOpen: true });
  const caller: Caller = { socket, heard: '', ended: false, failed: false };
  socket.on('data', (chunk) => (caller.heard += chunk.toString()));
  socket.on('end', () => (caller.ended = true));
  socket.on('error', () => (caller.failed = true));
  await once(socket, 'connect');
  return caller;
}

function open(): Promise<Link> {
  return Link.open('caller', 'echo', (echo.address() as AddressInfo).port);
}

async function hears(caller: Caller, text: string): Promise<void> {
  await eventually(() => caller.heard === text, { describe: `to hear ${text}, not ${caller.heard}` });
}

test('a whole link passes bytes and the end of each direction', async () => {
  await using link = await open();
  const caller = await call(link);
  const big = 'x'.repeat(3_000_000);
  caller.socket.end(big);
  await eventually(() => caller.ended, { describe: 'the echo to end' });
  assert.equal(caller.heard.length, big.length);
});

test('a silent link passes nothing and tells nobody, and gives it all when it is whole again', async () => {
  await using link = await open();
  const early = await call(link);
  early.socket.write('a');
  await hears(early, 'a');
  link.become({ kind: 'silent' });
  const connections = accepted.length;
  early.socket.write('b');
  const late = await call(link);
  late.socket.write('c');
  // Another link works meanwhile, so that time enough has passed for this one to have betrayed itself.
  await using other = await open();
  const witness = await call(other);
  witness.socket.write('w');
  await hears(witness, 'w');
  assert.equal(accepted.length, connections + 1);
  assert.deepEqual([early.heard, early.failed, late.heard, late.failed], ['a', false, '', false]);
  link.become({ kind: 'whole' });
  await hears(early, 'ab');
  await hears(late, 'c');
  for (const { socket } of [early, late, witness]) socket.destroy();
});

test('a deaf link passes what is said, not what is answered', async () => {
  await using link = await open();
  const caller = await call(link);
  caller.socket.write('one');
  await hears(caller, 'one');
  link.become({ kind: 'deaf' });
  caller.socket.write('said while deaf');
  await eventually(() => received.includes('said while deaf'), { describe: 'the far end to hear' });
  assert.equal(caller.heard, 'one');
  link.become({ kind: 'whole' });
  await hears(caller, 'onesaid while deaf');
  caller.socket.destroy();
});

test('a broken link resets what is open and what is new', async () => {
  await using link = await open();
  const caller = await call(link);
  caller.socket.write('x');
  await hears(caller, 'x');
  link.become({ kind: 'broken' });
  await eventually(() => caller.failed, { describe: 'a reset' });
  const refused = await call(link).catch(() => undefined);
  await eventually(() => refused?.failed ?? true, { describe: 'a reset of the new one' });
  link.become({ kind: 'whole' });
  const again = await call(link);
  again.socket.write('y');
  await hears(again, 'y');
  again.socket.destroy();
});

test('a slow link keeps the order and takes its time', async () => {
  await using link = await open();
  const caller = await call(link);
  link.become({ kind: 'slow', delayMs: 60 });
  const startedMs = performance.now();
  for (const piece of ['1', '2', '3']) caller.socket.write(piece);
  await hears(caller, '123');
  assert.ok(performance.now() - startedMs >= 119, 'there and back takes twice the delay');
  caller.socket.write('4');
  link.become({ kind: 'whole' });
  caller.socket.write('5');
  await hears(caller, '12345');
  caller.socket.destroy();
});

test('an end that goes away takes the other with it', async () => {
  await using link = await open();
  const caller = await call(link);
  caller.socket.write('x');
  await hears(caller, 'x');
  accepted.at(-1)?.resetAndDestroy();
  await eventually(() => caller.failed || caller.ended, { describe: 'the caller to be told' });
  caller.socket.destroy();
});
