import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { fromJson, toJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { eventually } from '@skein/testkit';
import { AgentError } from '../agent/agent-error.ts';
import { defineAgent, type Agent } from '../agent/agent.ts';
import type { StandardSchema } from '../agent/schema.ts';
import { AgentService, type InvokeRequestSchema, type InvokeResponse } from '../gen/skein/agent/v1/agent_service_pb.ts';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '../gen/grpc/health/v1/health_pb.ts';
import { serve } from './serve.ts';

const quiet = { closeOnSignals: false, log: () => {}, graceMs: 200 };

async function start(t: TestContext, agent: Agent) {
  const served = await serve(agent, quiet);
  const baseUrl = `http://${served.address}`;
  const sessionManager = new Http2SessionManager(baseUrl);
  t.after(() => {
    sessionManager.abort();
    return served.close();
  });
  const transport = createGrpcTransport({ baseUrl, sessionManager });
  return { served, client: createClient(AgentService, transport), health: createClient(Health, transport) };
}

type Started = Awaited<ReturnType<typeof start>>;
type Request = MessageInitShape<typeof InvokeRequestSchema>;

async function invoke({ client }: Started, input: JsonValue, more: Request = {}, signal?: AbortSignal) {
  const events: InvokeResponse['event'][] = [];
  const request = { taskId: crypto.randomUUID(), input: fromJson(ValueSchema, input), ...more } as Request;
  for await (const { event } of client.invoke(request, signal === undefined ? {} : { signal })) events.push(event);
  return events;
}

const outputOf = (event: InvokeResponse['event'] | undefined): JsonValue => {
  assert.ok(event?.case === 'result' && event.value.output);
  return toJson(ValueSchema, event.value.output);
};
const codeOf = (event: InvokeResponse['event'] | undefined) => {
  assert.ok(event?.case === 'error');
  return [event.value.code, event.value.retryable];
};

test('deltas, progress and heartbeats come before the one result', async (t) => {
  const agent = defineAgent({ id: 'all', version: '1.2.3', description: 'Says all.' }, (input, ctx) => {
    ctx.delta('half \ud800');
    ctx.state('working', 'on it');
    ctx.heartbeat({ page: 1 });
    ctx.usage({ inputTokens: 3 });
    ctx.usage({ inputTokens: 4, outputTokens: 1 });
    return { input, attempt: ctx.attempt, config: ctx.config, resume: ctx.resumeDetails ?? null, left: undefined };
  });
  const started = await start(t, agent);
  const { card } = await started.client.getCard({});
  assert.deepEqual([card?.agentId, card?.version, card?.skills.length], ['all', '1.2.3', 0]);
  const events = await invoke(started, 'hi', {
    attempt: 2,
    config: { tone: 'dry' },
    resumeDetails: fromJson(ValueSchema, 5),
  });
  assert.deepEqual(
    events.map((event) => event.case),
    ['delta', 'state', 'heartbeat', 'result'],
  );
  assert.ok(events[0]?.case === 'delta' && events[0].value.text === 'half \ufffd');
  const last = events.at(-1);
  assert.deepEqual(outputOf(last), { input: 'hi', attempt: 2, config: { tone: 'dry' }, resume: 5 });
  assert.ok(last?.case === 'result' && last.value.usage?.inputTokens === 7n && last.value.usage.outputTokens === 1n);
});

test('inputs, outputs and skills are checked by their schemas', async (t) => {
  let calls = 0;
  const even: StandardSchema<number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value === 'number' && value % 2 === 0
          ? { value }
          : { issues: [{ message: 'must be even', path: ['n'] }] },
      jsonSchema: { input: () => ({ type: 'number', multipleOf: 2 }) },
    },
  };
  const agent = defineAgent(
    {
      id: 'half',
      version: '1.0.0',
      output: { type: 'integer', maximum: 10 },
      skills: [{ id: 'halve', input: even }, { id: 'any' }],
    },
    (input) => {
      calls += 1;
      return Number(input) / 2;
    },
  );
  const started = await start(t, agent);
  const { card } = await started.client.getCard({});
  assert.deepEqual(card?.skills[0]?.inputSchema, { type: 'number', multipleOf: 2 });
  assert.deepEqual(outputOf((await invoke(started, 4, { skillId: 'halve' })).at(-1)), 2);
  assert.deepEqual(codeOf((await invoke(started, 3, { skillId: 'halve' })).at(-1)), ['INVALID_INPUT', false]);
  assert.deepEqual(codeOf((await invoke(started, 4, { skillId: 'none' })).at(-1)), ['UNKNOWN_SKILL', false]);
  assert.equal(calls, 1, 'what does not fit does not reach the handler');
  assert.deepEqual(codeOf((await invoke(started, 400, { skillId: 'any' })).at(-1)), ['OUTPUT_SCHEMA_VIOLATION', false]);
});

test('failures say whether to try again', async (t) => {
  const agent = defineAgent<string>({ id: 'fails', version: '1.0.0' }, (kind, ctx) => {
    if (kind === 'long') for (let at = 0; at < 17; at += 1) ctx.delta('x'.repeat(256 * 1024));
    if (kind === 'foreseen')
      throw new AgentError('NO_STOCK', { retryable: true, retryAfterMs: 1500, details: { left: 0 } });
    throw new Error('unforeseen');
  });
  const started = await start(t, agent);
  const [foreseen] = await invoke(started, 'foreseen');
  assert.deepEqual(codeOf(foreseen), ['NO_STOCK', true]);
  assert.ok(foreseen?.case === 'error');
  assert.deepEqual(foreseen.value.details, { left: 0 });
  assert.deepEqual([foreseen.value.retryAfter?.seconds, foreseen.value.retryAfter?.nanos], [1n, 500_000_000]);
  assert.deepEqual(codeOf((await invoke(started, 'unforeseen')).at(-1)), ['UNKNOWN', true]);
  const long = await invoke(started, 'long');
  assert.deepEqual(codeOf(long.at(-1)), ['PAYLOAD_TOO_LARGE', false]);
  assert.throws(() => new AgentError('no code'), TypeError);
});

test('a question ends the call, and its answer comes with the next', async (t) => {
  const agent = defineAgent({ id: 'asks', version: '1.0.0' }, (_input, ctx) => {
    if (ctx.answer === undefined) ctx.ask({ message: 'Which size?', schema: { type: 'string' }, state: { step: 1 } });
    return { ...ctx.answer };
  });
  const started = await start(t, agent);
  const [question, ...rest] = await invoke(started, 'shirt');
  assert.deepEqual(rest, []);
  assert.ok(question?.case === 'question' && question.value.message === 'Which size?');
  assert.deepEqual(question.value.schema, { type: 'string' });
  const answer = { value: fromJson(ValueSchema, 'XL'), state: question.value.state, turn: 1 } as Request['answer'];
  const last = (await invoke(started, 'shirt', { answer })).at(-1);
  assert.deepEqual(outputOf(last), { value: 'XL', state: { step: 1 }, turn: 1 });
});

test('the same attempt is worked on once, whoever asks again and when', async (t) => {
  let calls = 0;
  const release = Promise.withResolvers<void>();
  const agent = defineAgent({ id: 'once', version: '1.0.0' }, async (_input, ctx) => {
    calls += 1;
    ctx.delta('begun ');
    await release.promise;
    return calls;
  });
  const started = await start(t, agent);
  const first = invoke(started, 1, { idempotencyKey: 'k/1' });
  await eventually(() => calls === 1, { describe: 'the work' });
  const second = invoke(started, 1, { idempotencyKey: 'k/1', dispatch: 2 });
  release.resolve();
  const answers = [await first, await second, await invoke(started, 1, { idempotencyKey: 'k/1', dispatch: 3 })];
  for (const events of answers) {
    assert.deepEqual(
      events.map((event) => event.case),
      ['delta', 'result'],
    );
    assert.equal(outputOf(events.at(-1)), 1);
  }
  assert.equal(outputOf((await invoke(started, 1, { idempotencyKey: 'k/2' })).at(-1)), 2);
});

test('a call that is cancelled, or told to, aborts its handler and is not remembered', async (t) => {
  const aborted: string[] = [];
  let begun = 0;
  const agent = defineAgent({ id: 'waits', version: '1.0.0' }, async (_input, ctx) => {
    begun += 1;
    await new Promise((_, reject) => ctx.signal.addEventListener('abort', () => reject(new Error('stop'))));
    return null;
  });
  const watched: Agent = {
    ...agent,
    handler: (input, ctx) => {
      ctx.signal.addEventListener('abort', () => aborted.push(ctx.taskId));
      return agent.handler(input, ctx);
    },
  };
  const started = await start(t, watched);
  const isCancelled = (error: unknown) => error instanceof ConnectError && error.code === Code.Canceled;
  const stop = new AbortController();
  const left = invoke(started, null, { taskId: 'left', idempotencyKey: 'k' }, stop.signal);
  await eventually(() => begun === 1, { describe: 'the work' });
  stop.abort();
  await assert.rejects(left, isCancelled);
  await eventually(() => aborted.includes('left'), { describe: 'the abort' });
  const told = invoke(started, null, { taskId: 'told', idempotencyKey: 'k' });
  told.catch(() => {});
  await eventually(() => begun === 2, { describe: 'the same work anew' });
  for (const taskId of ['told', 'told', 'unknown']) await started.client.cancel({ taskId, reason: 'test' });
  await assert.rejects(told, isCancelled);
  assert.deepEqual(aborted, ['left', 'told']);
});

test('an agent that stops says so, ends what it has, and cuts what takes too long', async (t) => {
  const begun = Promise.withResolvers<void>();
  const agent = defineAgent({ id: 'stops', version: '1.0.0' }, async (_input, { signal }) => {
    begun.resolve();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return 'late';
  });
  const started = await start(t, agent);
  assert.equal((await started.health.check({ service: AgentService.typeName })).status, ServingStatus.SERVING);
  const watch = started.health.watch({})[Symbol.asyncIterator]();
  assert.equal((await watch.next()).value?.status, ServingStatus.SERVING);
  const call = invoke(started, null);
  call.catch(() => {});
  await begun.promise;
  const closing = started.served.close();
  assert.equal((await watch.next()).value?.status, ServingStatus.NOT_SERVING);
  await closing;
  await assert.rejects(call, ConnectError);
});
