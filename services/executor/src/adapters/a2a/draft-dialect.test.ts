import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { eventually } from '@skein/testkit';
import { startA2aAgent } from '../../testing/a2a-agent.ts';
import { textPart } from '../../testing/a2a-reply.ts';
import { startDraftAgent, type DraftAgent } from '../../testing/draft-agent.ts';
import { failureIn, outputOf, startStage } from '../../testing/executor-stage.ts';
import { fromDraft } from './draft-dialect.ts';

async function ask(agent: DraftAgent, input: unknown, until: (state: string, detail: string) => boolean = () => true) {
  await using stage = await startStage({
    prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.A2A, agent.url),
  });
  const report = await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', input));
  const { events } = stage.eventLog;
  // Progress alone is stored after the result.
  await eventually(
    () => events.some(({ event: { case: name, value } }) => name === 'agentState' && until(value.state, value.detail)),
    {
      describe: 'the state',
    },
  );
  return { report };
}

for (const binding of ['jsonrpc', 'http+json'] as const) {
  suite(`agents of the draft of 1.0 over ${binding}`, () => {
    test('get nothing that they do not know, and their parts are understood', async () => {
      await using agent = await startDraftAgent(binding);
      const isThought = (state: string, detail: string) => state === 'agent.thinking' && detail === 'counting';
      const { report } = await ask(agent, { text: 'add', numbers: [1, 2] }, isThought);
      assert.deepEqual(outputOf(report), { total: 3 });
      const [message] = agent.messages;
      assert.deepEqual(message?.['parts'], [{ text: 'add' }, { data: { data: { text: 'add', numbers: [1, 2] } } }]);
    });

    test('get data that is no object as one', async () => {
      await using agent = await startDraftAgent(binding);
      await ask(agent, [1, 2]);
      assert.deepEqual(agent.messages[0]?.['parts'], [{ data: { data: { value: [1, 2] } } }]);
    });

    test('are asked for their task again when a stream breaks', async () => {
      await using agent = await startDraftAgent(binding, { breaks: true });
      const { report } = await ask(agent, 'add');
      assert.deepEqual(outputOf(report), { total: 3 });
      assert.equal(agent.messages.length, 1);
      if (binding === 'http+json') assert.ok(agent.lines.includes('GET /tasks/task-1:subscribe'));
    });

    test('spell a state in their own way', async () => {
      await using agent = await startDraftAgent(binding, { state: 'TASK_STATE_CANCELLED' });
      const failure = failureIn((await ask(agent, 'add')).report);
      assert.deepEqual([failure.code, failure.retryable], ['AGENT_REJECTED', false]);
      assert.equal(failure.message, 'the agent has cancelled the task: as said');
    });
  });
}

test('agents of the draft over gRPC are those of 0.3, found by their card', async () => {
  const agentOf = (url: string) => ({ supportedInterfaces: [{ url: `grpc://${url}`, protocolBinding: 'grpc' }] });
  let address = '';
  await using agent = await startA2aAgent(
    {
      binding: 'GRPC',
      version: '0.3',
      isDraft: true,
      get card() {
        return { url: undefined, preferredTransport: undefined, protocolVersion: 'v1', ...agentOf(address) };
      },
    },
    (reply) =>
      reply
        .begin()
        .artifact('a', [textPart('one ')])
        .artifact('a', [textPart('two')], true)
        .done(),
  );
  ({ address } = agent);
  await using stage = await startStage({
    prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.A2A, agent.url),
  });
  const report = await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', 'count'));
  assert.deepEqual(outputOf(report), { response: 'one two' });
});

test('files of the draft are those of 1.0, and what is in metadata stays', () => {
  const parts = [
    { file: { fileWithUri: 'http://x.test/a', mediaType: 'image/png', name: 'a' } },
    { file: { fileWithBytes: 'aGk=' }, metadata: { parts: [{ data: { data: 1 } }] } },
  ];
  assert.deepEqual(fromDraft({ msg: { parts } }), {
    message: {
      parts: [
        { url: 'http://x.test/a', mediaType: 'image/png', filename: 'a' },
        { raw: 'aGk=', metadata: { parts: [{ data: { data: 1 } }] } },
      ],
    },
  });
});
