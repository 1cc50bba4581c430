import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fromJson, toJson, type JsonValue } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { checkRules, GRPC_RULES, GrpcSubject } from '@skein/conformance';
import { AgentService, type InvokeResponse } from '@skein/contracts/agent';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@skein/contracts/grpc';
import { startTestAgent } from '@skein/example-agent-host/testing';
import { grpcTransport } from '@skein/rpc';
import { readTickets } from './tickets.ts';

const MAIN = new URL('main.ts', import.meta.url);

async function start(t: TestContext, env: Record<string, string> = {}) {
  const agent = await startTestAgent(t, { args: [MAIN], env: { ...process.env, ...env } });
  const transport = grpcTransport({ address: agent.address });
  t.after(() => transport[Symbol.dispose]());
  return { agent, transport, client: createClient(AgentService, transport) };
}

type Started = Awaited<ReturnType<typeof start>>;

async function invoke({ client }: Started, input: JsonValue, more: { skillId?: string } = {}) {
  const events: InvokeResponse['event'][] = [];
  const request = { agentId: 'classifier-agent', taskId: 'task-1', input: fromJson(ValueSchema, input), ...more };
  for await (const { event } of client.invoke(request)) events.push(event);
  return events;
}

test('the card names the agent, its version and its skill', async (t) => {
  const { client } = await start(t);
  const { card } = await client.getCard({});
  assert.equal(card?.agentId, 'classifier-agent');
  assert.match(card.version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(
    card.skills.map(({ skillId }) => skillId),
    ['classify'],
  );
});

test('health is asked by the name of the service', async (t) => {
  const { transport } = await start(t);
  const { status } = await createClient(Health, transport).check({ service: 'skein.agent.v1.AgentService' });
  assert.equal(status, ServingStatus.SERVING);
});

test('an invocation reports its state, then answers with the ticket inside', async (t) => {
  const started = await start(t);
  const [ticket] = readTickets();
  assert.ok(ticket);
  const [state, result, ...rest] = await invoke(started, ticket);
  assert.deepEqual(rest, []);
  assert.ok(state?.case === 'state' && state.value.state === 'classifying');
  assert.ok(result?.case === 'result' && result.value.output);
  const output = toJson(ValueSchema, result.value.output);
  assert.ok(typeof output === 'object' && output !== null && !Array.isArray(output));
  assert.equal(output['category'], ticket.expected_category);
  assert.deepEqual(output['ticket'], ticket);
});

test('a text is a ticket too', async (t) => {
  const events = await invoke(await start(t), 'the app crashes');
  const result = events.at(-1);
  assert.ok(result?.case === 'result' && result.value.output);
  assert.deepEqual(toJson(ValueSchema, result.value.output), {
    category: 'technical',
    confidence: 0.567,
    reasons: ['crash +35 (crashes)', 'software +10 (app)'],
    ticket: { text: 'the app crashes' },
  });
});

test('an input that is no ticket is a final error', async (t) => {
  const started = await start(t);
  for (const input of [null, 7, '', ' \n', [], {}, { subject: 1 }, { text: ['a'] }]) {
    const [error, ...rest] = await invoke(started, input);
    assert.deepEqual(rest, []);
    assert.ok(error?.case === 'error');
    assert.equal(error.value.code, 'INVALID_INPUT');
    assert.equal(error.value.retryable, false);
  }
});

test('an unknown skill is a final error', async (t) => {
  const [error] = await invoke(await start(t), 'hello', { skillId: 'translate' });
  assert.ok(error?.case === 'error' && error.value.code === 'UNKNOWN_SKILL');
});

test('a caller that cancels its call stops the work, and the agent goes on', async (t) => {
  const { agent, client } = await start(t, { CLASSIFY_DELAY_MS: '600000' });
  const stop = new AbortController();
  await assert.rejects(async () => {
    const request = { taskId: 'task-1', input: fromJson(ValueSchema, 'refund') };
    for await (const { event } of client.invoke(request, { signal: stop.signal })) {
      if (event.case === 'state') stop.abort();
    }
  }, isCancelled);
  await agent.process.waitFor(/^cancelled task-1$/m);
  assert.ok((await client.getCard({})).card);
});

test('Cancel ends the named task alone', async (t) => {
  const { client } = await start(t, { CLASSIFY_DELAY_MS: '600000' });
  const stop = new AbortController();
  const steps = (taskId: string) =>
    client.invoke({ taskId, input: fromJson(ValueSchema, 'refund') }, { signal: stop.signal })[Symbol.asyncIterator]();
  const [first, second] = [steps('task-1'), steps('task-2')];
  for (const task of [first, second]) assert.equal((await task.next()).value?.event.case, 'state');

  await client.cancel({ taskId: 'unknown', reason: 'test' });
  await client.cancel({ taskId: 'task-1', reason: 'test' });
  await assert.rejects(first.next(), isCancelled);
  const rest = second.next();
  stop.abort();
  await assert.rejects(rest, isCancelled);
});

test('every rule of the contract is kept', async (t) => {
  const { agent } = await start(t, { CLASSIFY_DELAY_MS: '3000' });
  using subject = new GrpcSubject({ address: agent.address, slowInput: 'refund' });
  const reports = await Array.fromAsync(checkRules(GRPC_RULES, subject));
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict === 'broken'),
    [],
  );
});

test('an agent told to end ends with code 0', async (t) => {
  const { agent } = await start(t);
  agent.process.kill('SIGTERM');
  assert.deepEqual(await agent.process.exited, { code: 0, signal: null });
});

test('an agent that cannot start says why and ends', async (t) => {
  await assert.rejects(start(t, { CLASSIFY_DELAY_MS: 'long' }), /CLASSIFY_DELAY_MS must be an integer from 0 to/);
});

const isCancelled = (error: unknown) => error instanceof ConnectError && error.code === Code.Canceled;
