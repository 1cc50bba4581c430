import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TaskReport } from '@skein/contracts/scheduler';
import { failureIn, outputOf, startStage } from '../../testing/executor-stage.ts';
import type { AgentOptions, TaskOptions } from '../../testing/fake-scheduler.ts';
import { sendJson, startHttpAgent } from '../../testing/http-agent.ts';

async function callAt(endpoint: string, input: unknown, options: TaskOptions & AgentOptions = {}): Promise<TaskReport> {
  await using stage = await startStage({
    prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.HTTP_EXECUTE, endpoint),
  });
  return await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', input, options));
}

async function failureOf(answer: Parameters<typeof startHttpAgent>[0], options: AgentOptions = { skillId: 'hint' }) {
  await using agent = await startHttpAgent(answer);
  return failureIn(await callAt(agent.url, 'hello', options));
}

suite('agents that answer POST /execute', () => {
  test('get the whole task; their data is the output', async () => {
    const data = { hint: 'think' };
    await using agent = await startHttpAgent((response) =>
      sendJson(response, { success: true, data, metadata: { agentId: 'a', usage: { total_tokens: 7 } } }),
    );
    const options = { skillId: 'hint', sessionId: 's-1', config: { depth: 2 } };
    const report = await callAt(agent.url, { assignment: 3 }, options);
    assert.deepEqual(outputOf(report), data);
    assert.equal(report.facts?.usage?.outputTokens, 7n);
    const [post] = agent.received;
    assert.equal(post?.path, '/execute');
    const runId = report.ref?.runId ?? '';
    assert.deepEqual(post.body, {
      id: `${runId}/node/1/1`,
      type: 'hint',
      payload: { assignment: 3 },
      context: {
        requestId: `${runId}/node/1`,
        sessionId: 's-1',
        namespace: 'default',
        agentId: 'agent',
        runId,
        nodeId: 'node',
        attempt: 1,
        dispatch: 1,
        config: { depth: 2 },
      },
    });
  });

  test('that refuse members they do not know get type and payload alone', async () => {
    await using agent = await startHttpAgent((response) => sendJson(response, { success: true }));
    const report = await callAt(agent.url, 1, { config: { task_type: 'answer', execute_form: 'minimal' } });
    assert.equal(outputOf(report), null);
    assert.deepEqual(agent.received[0]?.body, { type: 'answer', payload: 1 });
  });

  test('get the type of the skill, of the config, or of an input that is a task', async () => {
    await using agent = await startHttpAgent((response, { body }) =>
      sendJson(response, { success: true, data: [body['type'], body['payload']] }),
    );
    const input = { type: 'of-input', payload: { n: 1 } };
    const config = { task_type: 'of-config' };
    const answerTo = async (options: AgentOptions) => outputOf(await callAt(agent.url, input, options));
    assert.deepEqual(await answerTo({ skillId: 'of-skill', config }), ['of-skill', input]);
    assert.deepEqual(await answerTo({ config }), ['of-config', input]);
    assert.deepEqual(await answerTo({}), ['of-input', { n: 1 }]);
  });

  test('are not called where nothing names a type', async () => {
    await using agent = await startHttpAgent((response) => sendJson(response, { success: true }));
    const failure = failureIn(await callAt(agent.url, { type: 'only' }));
    assert.deepEqual([failure.code, failure.retryable, agent.received.length], ['INVALID_FIELD', false, 0]);
    assert.match(failure.remedy, /a `skill`/);
  });

  test('that do not know the type say so with status 400 or without success', async () => {
    const byStatus = await failureOf((response) => sendJson(response, { error: 'Unknown task type' }, 400));
    const byResult = await failureOf((response) => sendJson(response, { success: false, error: 'Method not found' }));
    for (const failure of [byStatus, byResult]) {
      assert.deepEqual([failure.code, failure.retryable], ['METHOD_NOT_FOUND', false]);
      assert.match(failure.message, /type hint/);
    }
  });

  test('that refuse the payload with status 400 are not taken for ignorant of the type', async () => {
    const failure = await failureOf((response) => sendJson(response, { error: 'question is missing' }, 400));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_ERROR_STATUS', false]);
  });

  test('that did not succeed say why, and whether to try again', async () => {
    const plain = await failureOf((response) => sendJson(response, { success: false, error: 'too busy' }));
    assert.deepEqual([plain.code, plain.message, plain.retryable], ['AGENT_ERROR_STATUS', 'too busy', true]);
    const error = { code: 'noLicense', message: 'none left', retryable: false };
    const typed = await failureOf((response) => sendJson(response, { success: false, error }));
    assert.deepEqual([typed.code, typed.message, typed.retryable], ['NO_LICENSE', 'none left', false]);
  });

  for (const [what, body] of [
    ['a list', [1]],
    ['an object without success', { data: 1 }],
    ['a success that is a word', { success: 'yes' }],
  ] as const) {
    test(`${what} breaks the protocol`, async () => {
      const failure = await failureOf((response) => sendJson(response, body));
      assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true]);
    });
  }
});
