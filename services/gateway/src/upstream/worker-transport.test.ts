/** Workers among several executors, of which some stop and some are gone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, createClient, type Client } from '@connectrpc/connect';
import { WorkerService } from '@skein/contracts/worker';
import { bind, reasonOf, skeinError, startGrpcServer } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { SESSION_HEADER, workerTransport } from './worker-transport.ts';

/** An executor that says its address and ends the stream when the worker does. */
async function startExecutor() {
  const state = { isStopping: false };
  const stopping = () => skeinError({ reason: 'NOT_READY', code: Code.Unavailable, message: 'the executor stops' });
  const refuse = () => {
    if (state.isStopping) throw stopping();
  };
  const server = await startGrpcServer({
    port: 0,
    bindings: [
      bind(WorkerService, {
        async *connect(requests) {
          refuse();
          yield { message: { case: 'registered', value: { session: server.address } } };
          // Leaving a loop over the requests would close the stream without a word.
          const messages = requests[Symbol.asyncIterator]();
          while ((await messages.next()).done !== true) refuse();
        },
        pollTasks() {
          refuse();
          return {};
        },
        completeTask: () => ({}),
        failTask: () => ({}),
        heartbeatTask: () => ({}),
      }),
    ],
  });
  return Object.assign(server, { state });
}

/** The session that a worker is given which names this one. */
async function sessionOf(client: Client<typeof WorkerService>, named = ''): Promise<string> {
  const register = { message: { case: 'register', value: { workerId: 'w' } } } as const;
  const requests = (async function* () {
    yield register;
  })();
  const headers: Record<string, string> = named === '' ? {} : { [SESSION_HEADER]: named };
  for await (const { message } of client.connect(requests, { headers })) {
    if (message.case === 'registered') return message.value.session;
  }
  throw new Error('the stream ended at once');
}

test('a stream goes to the executor of its session, and to another one when that turns it away', async () => {
  await using one = await startExecutor();
  await using two = await startExecutor();
  using transport = workerTransport([one.address, two.address]);
  const client = createClient(WorkerService, transport);
  const anywhere = [await sessionOf(client), await sessionOf(client)];
  assert.deepEqual(new Set(anywhere), new Set([one.address, two.address]), 'they take turns');
  for (const home of [one, two, one, one]) assert.equal(await sessionOf(client, home.address), home.address);
  assert.ok(await sessionOf(client, 'nobody:1'), 'a session of nobody leads anywhere');

  one.state.isStopping = true;
  await assert.rejects(sessionOf(client, one.address), (error) => reasonOf(error) === 'NOT_READY');
  for (let at = 0; at < 4; at += 1) assert.equal(await sessionOf(client, one.address), two.address);
});

test('a stream that was taken and ends so leads its worker back to its executor', async () => {
  await using one = await startExecutor();
  await using two = await startExecutor();
  using transport = workerTransport([one.address, two.address]);
  const client = createClient(WorkerService, transport);
  const spoken = Promise.withResolvers<void>();
  const requests = (async function* () {
    yield { message: { case: 'register', value: {} } } as const;
    await spoken.promise;
    yield { message: { case: 'drain', value: {} } } as const;
  })();
  await assert.rejects(async () => {
    for await (const { message } of client.connect(requests, { headers: { [SESSION_HEADER]: one.address } })) {
      assert.equal(message.case, 'registered');
      one.state.isStopping = true;
      spoken.resolve();
    }
  });
  one.state.isStopping = false;
  assert.equal(await sessionOf(client, one.address), one.address);
});

test('a poll stays with one executor, until that one stops or is gone', async () => {
  await using one = await startExecutor();
  await using two = await startExecutor();
  using transport = workerTransport([one.address, two.address]);
  const client = createClient(WorkerService, transport);
  const poll = () => client.pollTasks({ workerId: 'w' });
  await poll();
  one.state.isStopping = two.state.isStopping = true;
  await assert.rejects(poll());
  // Whichever it was is avoided now; the other one has not refused anybody yet.
  one.state.isStopping = two.state.isStopping = false;
  await poll();
  await one.close(0);
  await eventually(() => poll().then(Boolean, () => false), { describe: 'the one that is left' });
});
