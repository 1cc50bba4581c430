import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TaskReport } from '@skein/contracts/scheduler';
import { freePort } from '@skein/testkit';
import { failureIn, outputOf, startStage } from '../../testing/executor-stage.ts';
import type { AgentOptions, TaskOptions } from '../../testing/fake-scheduler.ts';
import { sendJson, startHttpAgent } from '../../testing/http-agent.ts';

async function callAt(endpoint: string, input: unknown, options: TaskOptions & AgentOptions = {}): Promise<TaskReport> {
  await using stage = await startStage({
    prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.HTTP_PROCESS, endpoint),
  });
  return await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', input, options));
}

async function failureOf(answer: Parameters<typeof startHttpAgent>[0], options: TaskOptions = {}) {
  await using agent = await startHttpAgent(answer);
  return failureIn(await callAt(agent.url, 'hello', options));
}

function* endlessText(): Generator<string> {
  for (;;) yield 'x'.repeat(64 * 1024);
}

suite('agents that answer POST /process', () => {
  test('get the text, the context and the settings; their output is the output', async () => {
    const output = { response: 'hi', collected_data: { n: 1 }, status: 'completed' };
    await using agent = await startHttpAgent((response) =>
      sendJson(response, { output, usage: { prompt_tokens: 2, completion_tokens: 3 } }),
    );
    const report = await callAt(
      agent.url,
      { text: 'hello', id: 7 },
      {
        sessionId: 'sess 1',
        config: { max_turns: 9 },
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      },
    );
    assert.deepEqual(outputOf(report), output);
    assert.deepEqual([report.facts?.usage?.inputTokens, report.facts?.usage?.outputTokens], [2n, 3n]);
    const [post] = agent.received;
    assert.ok(post !== undefined);
    assert.equal(post.path, '/process');
    const { input, config } = post.body as { input: Record<string, unknown>; config: Record<string, unknown> };
    assert.equal(input['user_query'], 'hello');
    assert.deepEqual(input['context'], {
      input: { text: 'hello', id: 7 },
      namespace: 'default',
      agent_id: 'agent',
      run_id: report.ref?.runId,
      node_id: 'node',
      session_id: 'sess 1',
      idempotency_key: `${report.ref?.runId}/node/1`,
      attempt: 1,
      dispatch: 1,
    });
    assert.equal(config['max_turns'], 9);
    assert.equal(config['timeout'], 29);
    assert.equal(post.headers['traceparent'], '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
    assert.equal(post.headers['x-session-id'], 'sess%201');
    assert.equal(post.headers['idempotency-key'], `${report.ref?.runId}/node/1`);
  });

  test('keep their path, and connections are used again', async () => {
    await using agent = await startHttpAgent((response) => sendJson(response, { output: 'ok' }));
    await using stage = await startStage({
      prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.HTTP_PROCESS, `${agent.url}/v1/`),
    });
    for (let call = 0; call < 5; call += 1) {
      assert.equal(outputOf(await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', 'x'))), 'ok');
    }
    assert.deepEqual(new Set(agent.received.map(({ path }) => path)), new Set(['/v1/process']));
    assert.equal(agent.connections, 1);
  });

  for (const status of ['failed', 'error']) {
    test(`an output with status ${status} is a failure`, async () => {
      const failure = await failureOf((response) =>
        sendJson(response, { output: { status, response: 'I cannot', error_code: 'no-license' } }),
      );
      assert.deepEqual([failure.code, failure.retryable, failure.message], ['NO_LICENSE', true, 'I cannot']);
    });
  }

  for (const [status, retryable] of [
    [400, false],
    [404, false],
    [422, false],
    [302, false],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
  ] as const) {
    test(`status ${status} is ${retryable ? '' : 'not '}retried`, async () => {
      const failure = await failureOf((response) => {
        response.setHeader('retry-after', '3');
        sendJson(response, { error: { code: 'broken', message: 'so it is' } }, status);
      });
      assert.deepEqual([failure.code, failure.retryable], ['AGENT_ERROR_STATUS', retryable]);
      assert.equal(failure.message, `the agent answered with HTTP status ${status}: so it is`);
      assert.deepEqual(failure.details, { http_status: status, agent_code: 'broken' });
      assert.equal(failure.retryAfter?.seconds, retryable ? 3n : undefined);
      assert.match(failure.place, /^agent agent at http:/);
    });
  }

  const violations: Record<string, (response: ServerResponse) => void> = {
    'text instead of JSON': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hi</p>'),
    'no content type': (response) => response.writeHead(200).end('{"output":1}'),
    'garbage under a JSON type': (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"output": '),
    'bytes that are not UTF-8': (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(Buffer.from([0x22, 0xff, 0x22])),
    'a list': (response) => sendJson(response, [1]),
    'an object without an output': (response) => sendJson(response, { answer: 1 }),
  };
  for (const [what, answer] of Object.entries(violations)) {
    test(`${what} breaks the protocol`, async () => {
      const failure = await failureOf(answer);
      assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true]);
      assert.notEqual(failure.remedy, '');
    });
  }

  test('an answer that is too large is named, whether it says so or not', async () => {
    const large = await failureOf((response) => sendJson(response, { output: 'x'.repeat(1024 * 1024) }));
    assert.deepEqual([large.code, large.retryable], ['PAYLOAD_TOO_LARGE', false]);
    const endless = await failureOf((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"output":"');
      Readable.from(endlessText()).pipe(response);
    });
    assert.deepEqual([endless.code, endless.retryable], ['PAYLOAD_TOO_LARGE', false]);
  });

  test('an agent that is not there is unreachable', async () => {
    const failure = failureIn(await callAt(`http://127.0.0.1:${await freePort()}`, null));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNREACHABLE', true]);
  });

  test('an agent that breaks the connection, before or in its answer, is unreachable', async () => {
    const before = await failureOf((_response, _post, socket) => void socket.destroy());
    assert.deepEqual([before.code, before.retryable], ['AGENT_UNREACHABLE', true]);
    const within = await failureOf((response, _post, socket) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      response.write('{"output":', () => socket.destroy());
    });
    assert.deepEqual([within.code, within.retryable], ['AGENT_UNREACHABLE', true]);
  });

  test('a server that does not speak HTTP breaks the protocol', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const failure = failureIn(await callAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, null));
    server.close();
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true]);
  });

  test('an address that is no URL cannot be called', async () => {
    const failure = failureIn(await callAt('somewhere', null));
    assert.deepEqual([failure.code, failure.retryable], ['INVALID_FIELD', false]);
  });

  test('an agent that hangs is stopped at the timeout', async () => {
    await using agent = await startHttpAgent(() => {});
    const failure = failureIn(await callAt(agent.url, null, { startToCloseMs: 100 }));
    assert.deepEqual([failure.code, failure.retryable], ['TIMEOUT', true]);
    await agent.clientGone;
  });

  test('cancellation breaks off the request', async () => {
    const called = Promise.withResolvers<void>();
    await using agent = await startHttpAgent(() => called.resolve());
    await using stage = await startStage({
      prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.HTTP_PROCESS, agent.url),
    });
    const ref = stage.scheduler.dispatchAgent('agent', null);
    await called.promise;
    stage.scheduler.cancel(ref);
    await agent.clientGone;
    assert.equal(stage.scheduler.reports.length, 0);
  });
});
