/** What is pure about containers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endIn } from './container-end.ts';
import { pullQuery } from './engine.ts';
import { linesOf } from './log-frames.ts';
import { publishPlace } from './publish-address.ts';

function frame(stream: number, text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('frames are cut into lines, wherever the pieces end', async () => {
  const at = '2026-11-21T21:30:00.123456789Z';
  const bytes = Buffer.concat([
    frame(1, `${at} one\n`),
    frame(2, `${at} bad ü\n`),
    frame(1, `${at} be`),
    frame(2, `${at} second\n`),
    frame(1, 'gun\n\nno stamp'),
  ]);
  const expected = [
    { stamp: at, text: 'one' },
    { stamp: at, text: 'bad ü' },
    { stamp: at, text: 'second' },
    { stamp: at, text: 'begun' },
    { stamp: '', text: '' },
    { stamp: '', text: 'no stamp' },
  ];
  for (const size of [1, 3, 7, 1000]) assert.deepEqual(await Array.fromAsync(linesOf(inPieces(bytes, size))), expected);
  const endless = await Array.fromAsync(linesOf(inPieces(frame(1, 'x'.repeat(200_000)), 65_536)));
  assert.equal(endless.length, 1, 'a line without an end is not gathered for ever');
});

test('an image without a tag is pulled as latest, not as all of its tags', () => {
  assert.deepEqual(pullQuery('registry.example:5000/a'), { fromImage: 'registry.example:5000/a', tag: 'latest' });
  assert.deepEqual(pullQuery('a:1'), { fromImage: 'a:1' });
  assert.deepEqual(pullQuery('a@sha256:00'), { fromImage: 'a@sha256:00' });
});

test('a port is published where those who call it are', () => {
  assert.deepEqual(publishPlace(undefined, '127.0.0.1'), { address: '127.0.0.1', host: '127.0.0.1' });
  assert.deepEqual(publishPlace('10.0.0.7', 'node-7'), { address: '10.0.0.7', host: '10.0.0.7' });
  assert.deepEqual(publishPlace('0.0.0.0', 'node-7'), { address: '0.0.0.0', host: 'node-7' });
  assert.deepEqual(publishPlace('fd00::7', 'node-7'), { address: 'fd00::7', host: '[fd00::7]' });
  assert.throws(() => publishPlace(undefined, 'node-7'), /SKEIN_EXECUTOR_PUBLISH_ADDRESS/);
});

test('an end says what it was', () => {
  const started = { image: 'a:1', exposedPort: '8080/tcp', hostPort: '4711', limits: { cpuMillis: 0, memoryBytes: 0 } };
  const state = { Status: 'exited', Running: false, ExitCode: 0, OOMKilled: false, Error: '' };
  const end = (about: object, HostPort = '4711') => {
    const NetworkSettings = { Ports: { '8080/tcp': [{ HostPort }] } };
    return endIn({ Id: 'c', State: { ...state, ...about }, NetworkSettings }, started);
  };
  assert.equal(end({ Running: true }), undefined);
  assert.match(end({ Running: true }, '4712') ?? '', /at another port/);
  assert.equal(end({ ExitCode: 3 }), 'a:1 ended with exit code 3');
  assert.equal(end({ ExitCode: 143 }), 'a:1 ended with exit code 143 (SIGTERM)');
  assert.equal(end({ ExitCode: 137, OOMKilled: true }), 'a:1 ran out of memory');
  assert.equal(end({ ExitCode: 127, Error: 'no such file' }), 'a:1 cannot be started: no such file');
  assert.equal(endIn(undefined, started), 'the container of a:1 was removed');
});
