import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toJson } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { TaskState } from '@a2a-js/sdk';
import { QuestionKind } from '@skein/contracts/agent';
import { AgentProtocol } from '@skein/contracts/registry';
import { eventually } from '@skein/testkit';
import { startA2aAgent, type A2aAgent, type A2aKind } from '../../testing/a2a-agent.ts';
import { dataPart, textPart, urlPart } from '../../testing/a2a-reply.ts';
import { failureIn, outputOf, questionIn, startStage, type Stage } from '../../testing/executor-stage.ts';
import type { AgentOptions, TaskOptions } from '../../testing/fake-scheduler.ts';

const KINDS: readonly A2aKind[] = (['1.0', '0.3'] as const).flatMap((version) =>
  (['JSONRPC', 'HTTP+JSON', 'GRPC'] as const).map((binding) => ({ version, binding })),
);

function stageWith(endpoint: string): Promise<Stage> {
  return startStage({ prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.A2A, endpoint) });
}

async function ask(agent: A2aAgent, input: unknown, options: TaskOptions & AgentOptions = {}) {
  await using stage = await stageWith(agent.url);
  return await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', input, options));
}

for (const kind of KINDS) {
  suite(`A2A ${kind.version} over ${kind.binding}`, () => {
    test('a message has the input, the session and the ids; what is streamed is the output', async () => {
      await using agent = await startA2aAgent(kind, (reply) => {
        reply.begin().working('thinking');
        reply
          .artifact('answer', [textPart('one ')])
          .artifact('answer', [textPart('two')], true)
          .done();
      });
      await using stage = await stageWith(agent.url);
      const options = {
        sessionId: 'session-1',
        skillId: 'count',
        config: { depth: 2 },
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      };
      const ref = stage.scheduler.dispatchAgent('agent', { text: 'count', to: 2 }, options);
      assert.deepEqual(outputOf(await stage.scheduler.ended(ref)), { response: 'one two' });
      const [context] = agent.executed;
      const { messageId, contextId, parts, metadata } = context?.userMessage ?? {};
      assert.deepEqual([messageId, contextId], [`${ref.runId}/node/1`, 'session-1']);
      assert.deepEqual(
        parts?.map(({ content }) => content?.value as unknown),
        ['count', { text: 'count', to: 2 }],
      );
      assert.deepEqual(metadata, {
        namespace: 'default',
        agent_id: 'agent',
        run_id: ref.runId,
        node_id: 'node',
        attempt: 1,
        dispatch: 1,
        idempotency_key: `${ref.runId}/node/1`,
        skill_id: 'count',
        config: { depth: 2 },
      });
      const headers = context?.context.state.get('headers') as Record<string, unknown>;
      assert.match(String(headers['traceparent']), /4bf92f3577b34da6a3ce929d0e0e4736/);
      const said = stage.eventLog.events.map(({ event }) => event);
      const texts = said.flatMap((event) => (event.case === 'agentStreamDelta' ? [event.value.text] : []));
      assert.equal(texts.join(''), 'one two');
      assert.ok(said.some(({ case: name, value }) => name === 'agentState' && value.detail === 'thinking'));
    });

    test('an agent that does not stream is waited for', async () => {
      await using agent = await startA2aAgent({ ...kind, streaming: false }, (reply) => {
        reply
          .begin()
          .artifact('sum', [dataPart({ sum: 3 })])
          .done();
      });
      assert.deepEqual(outputOf(await ask(agent, [1, 2])), { sum: 3 });
      assert.equal(agent.executed.length, 1);
    });

    test('a message without a task is an answer', async () => {
      await using agent = await startA2aAgent(kind, (reply) => reply.message([textPart('hi')]));
      assert.deepEqual(outputOf(await ask(agent, 'hello')), { response: 'hi' });
    });

    test('a task that failed, or was refused, is a failure', async () => {
      const states = { fail: TaskState.TASK_STATE_FAILED, reject: TaskState.TASK_STATE_REJECTED };
      await using agent = await startA2aAgent(kind, (reply, { userMessage }) => {
        const asked = String(userMessage.parts[0]?.content?.value);
        reply.begin().status(states[asked as 'fail'], [textPart('so it is')]);
      });
      const failed = failureIn(await ask(agent, 'fail'));
      assert.deepEqual([failed.code, failed.message, failed.retryable], ['AGENT_ERROR_STATUS', 'so it is', true]);
      const rejected = failureIn(await ask(agent, 'reject'));
      assert.deepEqual([rejected.code, rejected.retryable], ['AGENT_REJECTED', false]);
    });

    test('a question is reported as one, with the task that asks', async () => {
      const schema = { type: 'object', properties: { size: { type: 'string' } } };
      await using agent = await startA2aAgent(kind, (reply) => {
        reply.begin().status(TaskState.TASK_STATE_INPUT_REQUIRED, [textPart('Which size?'), dataPart({ schema })]);
      });
      const question = questionIn(await ask(agent, 'a shirt'));
      const [context] = agent.executed;
      const state = { taskId: context?.taskId, contextId: context?.contextId };
      assert.deepEqual(
        [question.kind, question.message, question.schema, question.state && toJson(ValueSchema, question.state)],
        [QuestionKind.INPUT, 'Which size?', schema, state],
      );
    });

    test('a cancelled call cancels the task', async () => {
      await using agent = await startA2aAgent(kind, async (reply) => {
        reply.begin().working('for long');
        await eventually(() => agent.cancelled.length === 1, { describe: 'the cancellation' });
      });
      await using stage = await stageWith(agent.url);
      const ref = stage.scheduler.dispatchAgent('agent', 'hello');
      const heard = () => stage.eventLog.events.some(({ event }) => event.case === 'agentState');
      await eventually(heard, { describe: 'the task' });
      stage.scheduler.cancel(ref);
      await eventually(() => agent.cancelled[0] === agent.executed[0]?.taskId, { describe: 'the cancellation' });
    });
  });
}

test('an older card path is found too', async () => {
  await using agent = await startA2aAgent({ binding: 'JSONRPC', version: '0.3', olderPath: true }, (reply) =>
    reply.message([textPart('hi')]),
  );
  assert.deepEqual(outputOf(await ask(agent, 'hello')), { response: 'hi' });
});

for (const version of ['1.0', '0.3'] as const) {
  test(`a gRPC server of ${version} is called without a card`, async () => {
    await using agent = await startA2aAgent({ binding: 'GRPC', version }, (reply) =>
      reply.begin().done([textPart('hi')]),
    );
    await using stage = await stageWith(agent.address);
    const report = await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', 'hello'));
    assert.deepEqual(outputOf(report), { response: 'hi' });
  });
}

test('a card is read once for many calls', async () => {
  await using agent = await startA2aAgent({ binding: 'HTTP+JSON', version: '1.0' }, (reply) =>
    reply.message([textPart('hi')]),
  );
  await using stage = await stageWith(agent.url);
  for (let call = 0; call < 3; call += 1) {
    await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', 'hello'));
  }
  assert.equal(agent.requests.filter(({ line }) => line.includes('agent-card')).length, 1);
});

test('parts of several kinds are listed, artifacts of text are put on lines of their own', async () => {
  await using agent = await startA2aAgent({ binding: 'JSONRPC', version: '1.0' }, (reply, { userMessage }) => {
    const isMixed = userMessage.parts[0]?.content?.value === 'mixed';
    reply.begin().artifact('a', [textPart('one')]);
    reply
      .artifact('b', isMixed ? [dataPart([1]), urlPart('http://x.test/a.png', 'image/png')] : [textPart('two')])
      .done();
  });
  assert.deepEqual(outputOf(await ask(agent, 'texts')), { response: 'one\ntwo' });
  const parts = [{ text: 'one' }, { data: [1] }, { url: 'http://x.test/a.png', mediaType: 'image/png' }];
  assert.deepEqual(outputOf(await ask(agent, 'mixed')), { parts });
});
