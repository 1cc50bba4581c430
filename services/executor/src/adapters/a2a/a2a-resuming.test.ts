/** What becomes of a task when its connection, its agent or its executor goes. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import { TaskState } from '@a2a-js/sdk';
import { QuestionKind } from '@skein/contracts/agent';
import { AgentProtocol } from '@skein/contracts/registry';
import { freePort } from '@skein/testkit';
import type { AgentRequest } from '../../app/agent-protocol.ts';
import { isQuestion } from '../../app/agent-question.ts';
import { CallError } from '../../domain/call-failure.ts';
import { startA2aAgent, type A2aAgent, type A2aAgentOptions } from '../../testing/a2a-agent.ts';
import { textPart } from '../../testing/a2a-reply.ts';
import { failureIn, outputOf, questionIn, startStage } from '../../testing/executor-stage.ts';
import { a2aAdapter } from './a2a-adapter.ts';
import { resumeDetailsFor } from './task-reference.ts';

const JSON_RPC: A2aAgentOptions = { binding: 'JSONRPC', version: '1.0' };

async function ask(agent: A2aAgent, input: unknown) {
  await using stage = await startStage({
    prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.A2A, agent.url),
  });
  const ref = stage.scheduler.dispatchAgent('agent', input);
  const report = await stage.scheduler.ended(ref, 20_000);
  const said = stage.eventLog.events.flatMap(({ event }) =>
    event.case === 'agentStreamDelta' ? [event.value.text] : [],
  );
  return { report, text: said.join('') };
}

/** A call of the adapter itself, of which the sink is kept. */
async function call(agent: A2aAgent, overrides: Partial<AgentRequest> = {}) {
  await using adapter = a2aAdapter({ firstPauseMs: 1, longestPauseMs: 10, lostLimit: 4 });
  const heartbeats: unknown[] = [];
  const request: AgentRequest = {
    namespace: 'default',
    agentId: 'agent',
    endpoint: agent.url,
    taskId: 'run/node/1/1',
    idempotencyKey: 'run/node/1',
    attempt: 1,
    dispatch: 1,
    runId: 'run',
    nodeId: 'node',
    sessionId: '',
    skillId: '',
    input: 'hello',
    resumeDetails: undefined,
    config: {},
    timeoutMs: 30_000,
    traceparent: '',
    runToken: '',
    ...overrides,
  };
  const sink = {
    delta() {},
    state() {},
    heartbeat: (details?: unknown) => void (details !== undefined && heartbeats.push(details)),
  };
  const ending = await adapter.call(request, sink, new AbortController().signal);
  return { ending, heartbeats };
}

for (const kind of [JSON_RPC, { ...JSON_RPC, binding: 'HTTP+JSON' }, { ...JSON_RPC, version: '0.3' }] as const) {
  suite(`a stream of ${kind.version} over ${kind.binding} that breaks`, () => {
    test('is taken up at the same task, and nothing is said twice', async () => {
      const goOn = Promise.withResolvers<void>();
      let streams = 0;
      await using agent = await startA2aAgent(
        {
          ...kind,
          intercept: (request, response) => {
            const isStream = request.headers.accept?.includes('event-stream') === true && request.method === 'POST';
            if (!isStream) return false;
            streams += 1;
            // The first one is cut when the first part of the answer has gone through.
            if (streams === 1) cutAfter(response, 'one ');
            else goOn.resolve();
            return false;
          },
        },
        async (reply) => {
          reply.begin().artifact('answer', [textPart('one ')]);
          await goOn.promise;
          reply.artifact('answer', [textPart('two')], true).done();
        },
      );
      const { report, text } = await ask(agent, 'count');
      assert.deepEqual(outputOf(report), { response: 'one two' });
      assert.equal(text, 'one two');
      assert.equal(agent.executed.length, 1, 'the message was sent once');
    });
  });
}

function cutAfter(
  response: { write: (...args: never[]) => boolean; socket: { destroy: () => void } | null },
  text: string,
): void {
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  const { socket } = response;
  response.write = (chunk: unknown, ...rest: unknown[]) => {
    const written = write(chunk, ...rest);
    if (String(chunk).includes(text)) setImmediate(() => socket?.destroy());
    return written;
  };
}

test('an agent that answers a blocking message too early is polled', async () => {
  let polls = 0;
  await using agent = await startA2aAgent(
    {
      ...JSON_RPC,
      streaming: false,
      intercept: (request, response) => {
        if (request.method !== 'POST') return false;
        let body = '';
        request.on('data', (chunk) => (body += String(chunk)));
        request.on('end', () => {
          const { id, method } = JSON.parse(body) as { id: number; method: string };
          if (method === 'GetTask') polls += 1;
          const state = polls < 3 ? 'TASK_STATE_WORKING' : 'TASK_STATE_COMPLETED';
          const artifacts = polls < 3 ? [] : [{ artifactId: 'a', parts: [{ text: 'at last' }] }];
          const task = { id: 'task-1', contextId: 'c', status: { state }, artifacts };
          response.json({ jsonrpc: '2.0', id, result: method === 'GetTask' ? task : { task } });
        });
        return true;
      },
    },
    () => {},
  );
  const { report } = await ask(agent, 'hello');
  assert.deepEqual(outputOf(report), { response: 'at last' });
  assert.equal(polls, 3);
});

test('another delivery goes on with the task that the first one has started', async () => {
  await using agent = await startA2aAgent(JSON_RPC, (reply) => reply.begin().done([textPart('hi')]));
  const first = await call(agent);
  assert.equal(first.heartbeats.length, 1);
  const second = await call(agent, { dispatch: 2, resumeDetails: first.heartbeats[0] as never });
  assert.deepEqual('output' in second.ending ? second.ending.output : undefined, { response: 'hi' });
  assert.equal(agent.executed.length, 1, 'the work was done once');
  await call(agent, { attempt: 2, idempotencyKey: 'run/node/2', resumeDetails: first.heartbeats[0] as never });
  assert.equal(agent.executed.length, 2, 'another attempt is another message');
});

test('a task that the agent has forgotten is asked for anew', async () => {
  await using agent = await startA2aAgent(JSON_RPC, (reply) => reply.begin().done([textPart('hi')]));
  const resumeDetails = resumeDetailsFor('run/node/1', { taskId: 'forgotten', contextId: '' });
  const { ending } = await call(agent, { dispatch: 2, resumeDetails });
  assert.deepEqual('output' in ending ? ending.output : undefined, { response: 'hi' });
});

for (const version of ['1.0', '0.3'] as const) {
  test(`the answer to a question goes on with its task (${version})`, async () => {
    await using agent = await startA2aAgent({ ...JSON_RPC, version }, (reply, { task, userMessage }) => {
      if (task === undefined)
        return void reply.begin().status(TaskState.TASK_STATE_INPUT_REQUIRED, [textPart('Size?')]);
      const size = String(userMessage.parts[0]?.content?.value);
      reply.begin(TaskState.TASK_STATE_WORKING).done([textPart(`a shirt in ${size}`)]);
    });
    const { ending } = await call(agent, { input: 'a shirt' });
    assert.ok(isQuestion(ending));
    assert.deepEqual([ending.kind, ending.message, ending.schema], ['input', 'Size?', undefined]);
    const answered = await call(agent, {
      idempotencyKey: 'run/node/1/1',
      answer: { value: 'XL', state: ending.state, turn: 1 },
    });
    assert.deepEqual('output' in answered.ending ? answered.ending.output : undefined, { response: 'a shirt in XL' });
    const [first, second] = agent.executed;
    assert.equal(second?.taskId, first?.taskId);
    assert.equal(second?.userMessage.messageId, 'run/node/1/1');
  });
}

test('a question about authorisation says so', async () => {
  await using agent = await startA2aAgent(JSON_RPC, (reply) => {
    reply.begin().status(TaskState.TASK_STATE_AUTH_REQUIRED, [textPart('Log in.')]);
  });
  const question = questionIn((await ask(agent, 'hello')).report);
  assert.deepEqual([question.kind, question.message], [QuestionKind.AUTH, 'Log in.']);
});

test('what was sent is not called unsent, whatever became of the connection', async () => {
  const agent = await startA2aAgent({ ...JSON_RPC, streaming: false }, () => {});
  const failureAt = (details?: unknown) =>
    call(agent, { resumeDetails: details as never }).then(
      () => assert.fail('the call should have failed'),
      (error: unknown) => (error instanceof CallError ? error.failure : assert.fail(String(error))),
    );
  const port = Number(new URL(agent.url).port);
  await agent[Symbol.asyncDispose]();
  const early = await failureAt();
  assert.deepEqual([early.code, early.isUnsent], ['AGENT_UNREACHABLE', true], 'there is no card to be had');
  const card = {
    name: 'a',
    description: 'a',
    version: '1.0.0',
    capabilities: {},
    skills: [],
    supportedInterfaces: [
      { url: `http://127.0.0.1:${await freePort()}`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
    ],
  };
  await using cards = createServer((_request, response) => void response.end(JSON.stringify(card))).listen(
    port,
    '127.0.0.1',
  );
  await once(cards, 'listening');
  const unsent = await failureAt();
  assert.deepEqual([unsent.code, unsent.isUnsent], ['AGENT_UNREACHABLE', true], 'the message has nowhere to go');
  const sent = await failureAt(resumeDetailsFor('run/node/1', { taskId: 'task-1', contextId: '' }));
  assert.deepEqual([sent.code, sent.isUnsent], ['AGENT_UNREACHABLE', false], 'an earlier delivery has sent it');
});

test('an agent that has stopped and forgotten its task is retried', async () => {
  let streamed = false;
  await using agent = await startA2aAgent(
    {
      ...JSON_RPC,
      intercept: (request, response) => {
        if (request.method !== 'POST') return false;
        if (!streamed) {
          streamed = true;
          cutAfter(response, 'statusUpdate');
          return false;
        }
        response.json({ jsonrpc: '2.0', id: null, error: { code: -32_001, message: 'Task not found' } });
        return true;
      },
    },
    (reply) => void reply.begin().working('on it'),
  );
  const failure = failureIn((await ask(agent, 'hello')).report);
  assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNREACHABLE', true]);
  assert.match(failure.message, /does not know its task/);
});
