import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TaskReport } from '@skein/contracts/scheduler';
import { eventually } from '@skein/testkit';
import { failureIn, outputOf, startStage, type Stage } from '../../testing/executor-stage.ts';
import { joinedText } from '../../testing/fake-event-log.ts';
import type { TaskOptions } from '../../testing/fake-scheduler.ts';
import { sendEvents, sendJson, startHttpAgent } from '../../testing/http-agent.ts';

type Answer = Parameters<typeof startHttpAgent>[0];

function stageWith(endpoint: string): Promise<Stage> {
  return startStage({
    prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.HTTP_INVOKE_SSE, endpoint),
  });
}

async function reportOf(answer: Answer, input: unknown = 'hello', options: TaskOptions = {}): Promise<TaskReport> {
  await using agent = await startHttpAgent(answer);
  await using stage = await stageWith(agent.url);
  return await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', input, options));
}

suite('agents that answer POST /invoke with events', () => {
  test('get the message and the context, and stream their answer', async () => {
    await using agent = await startHttpAgent((response) => {
      const send = sendEvents(response);
      send('state', { state: 'reading', detail: 'the message' });
      send('delta', { text: 'Grüß ', run_id: 'r' });
      response.write(': a comment\n\nevent: unheard-of\ndata: x\n\n');
      send('delta', { text: 'Gott 👋', run_id: 'r' });
      send('done', { final_message: 'Grüß Gott 👋', usage: { tokens: 9, prompt_tokens: 4, completion_tokens: 5 } });
      response.end();
    });
    await using stage = await stageWith(agent.url);
    const seen = await stage.watch('run-1');
    const ref = stage.scheduler.dispatchAgent('agent', { query: 'hello' }, { sessionId: 's-1' });
    const report = await stage.scheduler.ended(ref);
    assert.deepEqual(outputOf(report), { response: 'Grüß Gott 👋' });
    assert.deepEqual([report.facts?.usage?.inputTokens, report.facts?.usage?.outputTokens], [4n, 5n]);
    assert.equal(report.facts?.streamedBytes, BigInt(Buffer.byteLength('Grüß Gott 👋')));
    assert.equal(stage.eventLog.textOf(ref), 'Grüß Gott 👋');
    await eventually(() => joinedText(seen) === 'Grüß Gott 👋', { describe: 'the live text' });
    assert.deepEqual([seen[0]?.taskSeq, seen[0]?.event.case], [1n, 'agentState']);
    const [post] = agent.received;
    assert.equal(post?.path, '/invoke');
    const message = { role: 'user', content: 'hello' };
    assert.deepEqual(post.body, {
      agent_id: 'agent',
      session_id: 's-1',
      run_id: ref.runId,
      input_message: message,
      messages: [message],
      context: {
        input: { query: 'hello' },
        config: {},
        namespace: 'default',
        node_id: 'node',
        idempotency_key: `${ref.runId}/node/1`,
        attempt: 1,
        dispatch: 1,
      },
    });
    assert.equal(post.headers['x-run-id'], ref.runId);
    assert.equal(post.headers['x-session-id'], 's-1');
  });

  test('a conversation is handed on as it is', async () => {
    await using agent = await startHttpAgent((response) => {
      sendEvents(response)('done', { final_message: { role: 'assistant', content: 'yes' } });
      response.end();
    });
    await using stage = await stageWith(agent.url);
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
    ];
    const input = { messages, input_message: { role: 'user', content: 'c' } };
    const report = await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', input));
    assert.deepEqual(outputOf(report), { response: 'yes' });
    assert.deepEqual(agent.received[0]?.body['messages'], messages);
    assert.deepEqual(agent.received[0].body['input_message'], { role: 'user', content: 'c' });
  });

  test('without a final message the response is what was streamed', async () => {
    const report = await reportOf((response) => {
      const send = sendEvents(response);
      send('delta', { text: 'a' });
      send('delta', { text: 'b' });
      send('done', {});
      response.end();
    });
    assert.deepEqual(outputOf(report), { response: 'ab' });
  });

  test('`done` is the end, even where the agent does not end its stream', async () => {
    const report = await reportOf((response) => sendEvents(response)('done', { final_message: 'over' }));
    assert.deepEqual(outputOf(report), { response: 'over' });
  });

  test('connections are used again', async () => {
    await using agent = await startHttpAgent((response) => {
      sendEvents(response)('done', { final_message: 'ok' });
      response.end();
    });
    await using stage = await stageWith(agent.url);
    for (let call = 0; call < 5; call += 1) {
      await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', 'x'));
    }
    assert.equal(agent.connections, 1);
  });

  test('an `error` is a failure with the code of the agent', async () => {
    const report = await reportOf((response) => {
      const send = sendEvents(response);
      send('delta', { text: 'well' });
      send('error', { code: 'agent_error', message: 'no idea' });
      response.end();
    });
    const failure = failureIn(report);
    assert.deepEqual([failure.code, failure.message, failure.retryable], ['AGENT_ERROR', 'no idea', true]);
    assert.equal(report.facts?.streamedBytes, 4n);
  });

  const violations: Record<string, Answer> = {
    'JSON instead of events': (response) => sendJson(response, { output: 1 }),
    'a stream that ends early': (response) => {
      sendEvents(response)('delta', { text: 'half' });
      response.end();
    },
    'data that is not JSON': (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('event: delta\ndata: {oops\n\n');
    },
    'data that is a list': (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('event: done\ndata: []\n\n');
    },
    'bytes that are not UTF-8': (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(Buffer.from([0x64, 0xff, 0xfe, 0x0a]));
    },
    'one event without an end': (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(`event: delta\ndata: ${'x'.repeat(3 * 1024 * 1024)}`);
    },
  };
  for (const [what, answer] of Object.entries(violations)) {
    test(`${what} breaks the protocol`, async () => {
      const failure = failureIn(await reportOf(answer));
      assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true]);
    });
  }

  test('a connection that breaks in the middle of the stream makes the agent unreachable', async () => {
    const report = await reportOf((response, _post, socket) => {
      const send = sendEvents(response);
      send('delta', { text: 'half' });
      setImmediate(() => socket.destroy());
    });
    assert.deepEqual([failureIn(report).code, failureIn(report).retryable], ['AGENT_UNREACHABLE', true]);
  });

  test('status 500 is retried', async () => {
    const failure = failureIn(await reportOf((response) => sendJson(response, { error: 'down' }, 500)));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_ERROR_STATUS', true]);
    assert.match(failure.message, /500: down$/);
  });

  test('a final message that is too large is named', async () => {
    const failure = failureIn(
      await reportOf((response) => {
        sendEvents(response)('done', { final_message: 'x'.repeat(1024 * 1024) });
        response.end();
      }),
    );
    assert.deepEqual([failure.code, failure.retryable], ['PAYLOAD_TOO_LARGE', false]);
  });

  test('an agent that streams without end is stopped', async () => {
    const failure = failureIn(
      await reportOf((response) => {
        const send = sendEvents(response);
        const more = () => {
          for (let n = 0; n < 100 && !response.destroyed; n += 1) send('delta', { text: 'x'.repeat(10_000) });
          if (!response.destroyed) setImmediate(more);
        };
        more();
      }),
    );
    assert.deepEqual([failure.code, failure.retryable], ['PAYLOAD_TOO_LARGE', false]);
  });

  test('silence beyond the heartbeat timeout ends the call, and the agent notices', async () => {
    await using agent = await startHttpAgent((response) => sendEvents(response)('delta', { text: 'hm' }));
    await using stage = await stageWith(agent.url);
    const ref = stage.scheduler.dispatchAgent('agent', null, { heartbeatMs: 100 });
    assert.equal(failureIn(await stage.scheduler.ended(ref)).code, 'TIMEOUT');
    await agent.clientGone;
  });

  test('cancellation reaches the agent in the middle of its answer', async () => {
    await using agent = await startHttpAgent((response) => sendEvents(response)('delta', { text: 'working' }));
    await using stage = await stageWith(agent.url);
    const seen = await stage.watch('run-1');
    const ref = stage.scheduler.dispatchAgent('agent', null);
    await eventually(() => seen.length > 0, { describe: 'the first words' });
    stage.scheduler.cancel(ref);
    await agent.clientGone;
    assert.equal(stage.scheduler.reports.length, 0);
  });
});
