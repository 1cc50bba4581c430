import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { EXIT, runMain } from './run-main.ts';
import type { MainSteps } from './run-main.ts';
import { READY } from './service.ts';
import type { Service } from './service.ts';

class FakeProcess extends EventEmitter {
  readonly env = {};
  readonly written: string[] = [];
  readonly stderr = { write: (text: string) => this.written.push(text) };
  readonly exited = Promise.withResolvers<number>();
  exit(code: number): void {
    this.exited.resolve(code);
  }
}

function service(stop: () => Promise<void> = () => Promise.resolve()): Service {
  return { name: 'fake', ready: () => READY, [Symbol.asyncDispose]: stop };
}

function steps(overrides: Partial<MainSteps<object>> = {}, lines: string[] = []): MainSteps<object> {
  return {
    config: () => ({}),
    log: () => ({ info: (_, message) => lines.push(message), error: (_, message) => lines.push(message) }),
    start: () => Promise.resolve(service()),
    graceMs: () => 10_000,
    ...overrides,
  };
}

test('a signal stops gracefully with exit code 0', async () => {
  const host = new FakeProcess();
  const lines: string[] = [];
  const main = runMain('fake', steps({}, lines), host);
  host.emit('SIGTERM', 'SIGTERM');
  await main;
  assert.equal(await host.exited.promise, EXIT.stopped);
  assert.match(lines.at(-1) ?? '', /fake stopped/);
});

test('bad configuration is told on standard error with its own exit code', async () => {
  const host = new FakeProcess();
  await runMain(
    'fake',
    steps({
      config: () => {
        throw new Error('HTTP_PORT is not a port');
      },
    }),
    host,
  );
  assert.equal(await host.exited.promise, EXIT.badConfig);
  assert.deepEqual(host.written, ['fake: HTTP_PORT is not a port\n']);
});

test('a failed start exits with its own code', async () => {
  const host = new FakeProcess();
  await runMain('fake', steps({ start: () => Promise.reject(new Error('no database')) }), host);
  assert.equal(await host.exited.promise, EXIT.startFailed);
});

test('a stop that outlasts the grace period is given up', async () => {
  const host = new FakeProcess();
  const stuck = Promise.withResolvers<void>();
  const main = runMain(
    'fake',
    steps({ start: () => Promise.resolve(service(() => stuck.promise)), graceMs: () => 1 }),
    host,
  );
  host.emit('SIGINT', 'SIGINT');
  await main;
  assert.equal(await host.exited.promise, EXIT.graceExceeded);
});

test('a second signal ends the process at once', async () => {
  const host = new FakeProcess();
  const stuck = Promise.withResolvers<void>();
  void runMain('fake', steps({ start: () => Promise.resolve(service(() => stuck.promise)) }), host);
  host.emit('SIGINT', 'SIGINT');
  host.emit('SIGINT', 'SIGINT');
  assert.equal(await host.exited.promise, 130);
  stuck.resolve();
});

test('a signal during the start is honoured once the start is over', async () => {
  const host = new FakeProcess();
  const starting = Promise.withResolvers<Service>();
  let stopped = false;
  const main = runMain('fake', steps({ start: () => starting.promise }), host);
  host.emit('SIGTERM', 'SIGTERM');
  starting.resolve(service(() => Promise.resolve(void (stopped = true))));
  await main;
  assert.equal(await host.exited.promise, EXIT.stopped);
  assert.ok(stopped);
});

test('an error nobody handled ends the process with its own code', async () => {
  const host = new FakeProcess();
  void runMain('fake', steps(), host);
  host.emit('uncaughtException', new Error('boom'));
  assert.equal(await host.exited.promise, EXIT.crashed);
});
