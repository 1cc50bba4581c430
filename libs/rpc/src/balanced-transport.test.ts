import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { LlmService } from '@skein/contracts/llm';
import { balancedTransport, bind, skeinError, startGrpcServer } from './index.ts';

/** A server that answers with its name, or with an error of its own. */
async function serverNamed(name: string, { fails = false } = {}) {
  let calls = 0;
  const complete = () => {
    calls += 1;
    if (fails) throw skeinError({ reason: 'NOT_READY', code: Code.Unavailable, message: 'not yet' });
    return { completion: { text: name } };
  };
  const llm = bind(LlmService, {
    complete,
    async *streamComplete() {},
    listModels: () => ({ models: [] }),
  });
  const server = await startGrpcServer({ host: '127.0.0.1', port: 0, bindings: [llm] });
  return { server, calls: () => calls, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** An address that somebody listened at. */
async function nobody(): Promise<string> {
  await using gone = await serverNamed('gone');
  return gone.server.address;
}

test('calls go round among the addresses', async () => {
  await using one = await serverNamed('one');
  await using two = await serverNamed('two');
  using transport = balancedTransport([one.server.address, two.server.address]);
  const { complete } = createClient(LlmService, transport);
  for (let call = 0; call < 4; call += 1) await complete({});
  assert.deepEqual([one.calls(), two.calls()], [2, 2]);
});

test('a call that found nobody goes to the next address, if it may be repeated', async () => {
  await using one = await serverNamed('one');
  const addresses = [await nobody(), one.server.address];
  using repeating = balancedTransport(addresses, () => true);
  for (let call = 0; call < 4; call += 1) {
    assert.equal((await createClient(LlmService, repeating).complete({})).completion?.text, 'one');
  }
  using cautious = balancedTransport([await nobody(), await nobody()]);
  await assert.rejects(createClient(LlmService, cautious).complete({}), (error) => {
    return error instanceof ConnectError && error.code === Code.Unavailable;
  });
});

test('an error that the service itself gave is not asked for twice', async () => {
  await using one = await serverNamed('one', { fails: true });
  await using two = await serverNamed('two', { fails: true });
  using transport = balancedTransport([one.server.address, two.server.address], () => true);
  await assert.rejects(createClient(LlmService, transport).complete({}), /not yet/);
  assert.equal(one.calls() + two.calls(), 1);
});
