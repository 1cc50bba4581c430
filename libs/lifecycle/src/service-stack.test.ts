import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceStack, StartError } from './service-stack.ts';
import { notReady, READY } from './service.ts';
import type { Readiness, Service } from './service.ts';

function part(name: string, stopped: string[], answer: () => Readiness = () => READY): Service {
  return {
    name,
    ready: answer,
    [Symbol.asyncDispose]: () => {
      stopped.push(name);
      return Promise.resolve();
    },
  };
}

test('parts stop in reverse order, once', async () => {
  const stopped: string[] = [];
  const stack = new ServiceStack('app');
  await stack.start('first', () => part('first', stopped));
  stack.defer(() => void stopped.push('deferred'));
  await stack.start('second', () => part('second', stopped));
  assert.equal(stack.stop(), stack.stop());
  await stack.stop();
  assert.deepEqual(stopped, ['second', 'deferred', 'first']);
});

test('a failing start stops what runs already and names the part', async () => {
  const stopped: string[] = [];
  const stack = new ServiceStack('app');
  await stack.start('first', () => part('first', stopped));
  await assert.rejects(
    stack.start('second', () => Promise.reject<Service>(new Error('port taken'))),
    (error: unknown) => error instanceof StartError && error.part === 'second' && /port taken/.test(error.message),
  );
  assert.deepEqual(stopped, ['first']);
});

test('a part that fails to stop does not keep the others from stopping', async () => {
  const stopped: string[] = [];
  const stack = new ServiceStack('app');
  await stack.start('first', () => part('first', stopped));
  await stack.start('second', () => ({ [Symbol.asyncDispose]: () => Promise.reject(new Error('stuck')) }));
  await assert.rejects(stack.stop(), /stuck/);
  assert.deepEqual(stopped, ['first']);
});

test('a part that finishes starting after the stop is stopped too', async () => {
  const stopped: string[] = [];
  const stack = new ServiceStack('app');
  const { promise, resolve } = Promise.withResolvers<Service>();
  const starting = stack.start('slow', () => promise);
  await stack.stop();
  resolve(part('slow', stopped));
  await assert.rejects(starting, StartError);
  assert.deepEqual(stopped, ['slow']);
});

test('readiness names what is missing and why', async () => {
  const stack = new ServiceStack('app');
  await stack.start('db', () => part('db', [], () => notReady('connecting')));
  await stack.start('bus', () => part('bus', []));
  assert.deepEqual(await stack.ready(), { ready: false, reason: 'db: connecting' });
  assert.deepEqual(await stack.readiness(), { db: { ready: false, reason: 'connecting' }, bus: { ready: true } });
  await stack.stop();
  assert.deepEqual(await stack.ready(), { ready: false, reason: 'app is stopping' });
});
