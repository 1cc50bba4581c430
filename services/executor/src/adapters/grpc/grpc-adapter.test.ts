import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { InvokeErrorSchema } from '@skein/contracts/agent';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TaskReport } from '@skein/contracts/scheduler';
import { eventually, freePort, spawnProcess } from '@skein/testkit';
import { failureIn, outputOf, startStage } from '../../testing/executor-stage.ts';
import type { TaskOptions } from '../../testing/fake-scheduler.ts';
import { deltaStep, resultStep, startGrpcAgent, type GrpcAgent, type Step } from '../../testing/grpc-agent.ts';

/** What becomes of one call of an agent at an address. */
async function callAt(endpoint: string, options: TaskOptions = {}): Promise<TaskReport> {
  await using stage = await startStage({
    prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.GRPC, endpoint),
  });
  return await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', { text: 'hello' }, options));
}

async function failureOfSteps(invoke: Parameters<typeof startGrpcAgent>[0], options: TaskOptions = {}) {
  await using agent = await startGrpcAgent(invoke);
  return failureIn(await callAt(agent.address, options));
}

async function* steps(...all: Step[]): AsyncGenerator<Step> {
  yield* all;
}

const forever = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

suite('gRPC agents', () => {
  test('get the whole request, and their result is the output', async () => {
    await using agent = await startGrpcAgent(() =>
      steps(deltaStep('he'), deltaStep('llo'), {
        event: {
          case: 'result',
          value: {
            output: {
              kind: { case: 'structValue', value: { fields: { n: { kind: { case: 'numberValue', value: 1.5 } } } } },
            },
            usage: { inputTokens: 3n, outputTokens: 4n },
          },
        },
      }),
    );
    await using stage = await startStage({
      prepare: ({ registry }) =>
        registry.add('agent', {
          protocol: AgentProtocol.GRPC,
          instances: [{ instanceId: 'i-1', endpoint: `grpc://${agent.address}` }],
          config: { tone: 'kind', depth: 1 },
        }),
    });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const ref = stage.scheduler.dispatchAgent(
      'agent',
      { text: 'hello' },
      {
        traceparent,
        sessionId: 's-1',
        skillId: 'greet',
        config: { depth: 2 },
      },
    );
    const report = await stage.scheduler.ended(ref);
    assert.deepEqual(outputOf(report), { n: 1.5 });
    assert.deepEqual([report.facts?.usage?.inputTokens, report.facts?.usage?.outputTokens], [3n, 4n]);
    assert.equal(report.facts?.streamedBytes, 5n);
    const [request] = agent.invoked;
    assert.ok(request !== undefined);
    assert.equal(request.taskId, `${ref.runId}/node/1/1`);
    assert.equal(request.idempotencyKey, `${ref.runId}/node/1`);
    assert.deepEqual([request.attempt, request.dispatch, request.sessionId], [1, 1, 's-1']);
    assert.deepEqual([request.runId, request.nodeId, request.skillId], [ref.runId, 'node', 'greet']);
    assert.deepEqual(request.config, { tone: 'kind', depth: 2 });
    assert.equal(request.input?.kind.case, 'structValue');
    assert.equal(agent.headers[0]?.get('traceparent'), traceparent);
  });

  test('are reached over one channel', async () => {
    await using agent = await startGrpcAgent(() => steps(resultStep('ok')));
    await using stage = await startStage({
      prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.GRPC, agent.address),
    });
    const refs = Array.from({ length: 20 }, () => stage.scheduler.dispatchAgent('agent', null));
    for (const ref of refs) assert.equal(outputOf(await stage.scheduler.ended(ref)), 'ok');
    assert.equal(agent.invoked.length, 20);
  });

  test('an answer counts even where the agent does not end its stream', async () => {
    await using agent = await startGrpcAgent(async function* (_request, { signal }) {
      yield resultStep('done');
      await forever(signal);
    });
    assert.equal(outputOf(await callAt(agent.address)), 'done');
    await agent.callCancelled;
  });

  test('an error of the agent keeps its code and what it says about retries', async () => {
    const value = create(InvokeErrorSchema, {
      code: 'QUOTA_USED_UP',
      message: 'come back tomorrow',
      retryable: true,
      retryAfter: { seconds: 7n, nanos: 0 },
      details: { used: 10 },
    });
    const failure = await failureOfSteps(() => steps({ event: { case: 'error', value } }));
    assert.equal(failure.code, 'QUOTA_USED_UP');
    assert.equal(failure.retryable, true);
    assert.equal(failure.retryAfter?.seconds, 7n);
    assert.deepEqual(failure.details, { used: 10 });
  });

  for (const [code, name, retryable] of [
    [Code.Unavailable, 'UNAVAILABLE', true],
    [Code.ResourceExhausted, 'RESOURCE_EXHAUSTED', true],
    [Code.Aborted, 'ABORTED', true],
    [Code.Internal, 'INTERNAL', true],
    [Code.Unknown, 'UNKNOWN', true],
    [Code.DeadlineExceeded, 'DEADLINE_EXCEEDED', true],
    [Code.InvalidArgument, 'INVALID_ARGUMENT', false],
    [Code.NotFound, 'NOT_FOUND', false],
    [Code.PermissionDenied, 'PERMISSION_DENIED', false],
    [Code.FailedPrecondition, 'FAILED_PRECONDITION', false],
    [Code.Unimplemented, 'UNIMPLEMENTED', false],
    [Code.Canceled, 'CANCELLED', false],
  ] as const) {
    test(`status ${name} is ${retryable ? '' : 'not '}retried`, async () => {
      const failure = await failureOfSteps(() => {
        throw new ConnectError('as the agent says', code);
      });
      assert.deepEqual([failure.code, failure.retryable], [name, retryable]);
      assert.equal(failure.message, 'as the agent says');
      assert.match(failure.place, /^agent agent at 127\.0\.0\.1:\d+$/);
    });
  }

  test('a stream that ends without an answer breaks the protocol', async () => {
    const failure = await failureOfSteps(() => steps(deltaStep('half an ans')));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true]);
  });

  test('a response without an event breaks the protocol', async () => {
    const failure = await failureOfSteps(() => steps({}));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_PROTOCOL_VIOLATION', true]);
  });

  test('an output that is too large is named', async () => {
    const failure = await failureOfSteps(() => steps(resultStep('x'.repeat(1024 * 1024))));
    assert.deepEqual([failure.code, failure.retryable], ['PAYLOAD_TOO_LARGE', false]);
  });

  test('a message that no channel carries is too large as well', async () => {
    const failure = await failureOfSteps(async function* () {
      for (;;) yield deltaStep('x'.repeat(256 * 1024));
    });
    assert.deepEqual([failure.code, failure.retryable], ['PAYLOAD_TOO_LARGE', false]);
  });

  test('an agent that is not there is unreachable', async () => {
    const failure = failureIn(await callAt(`127.0.0.1:${await freePort()}`));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNREACHABLE', true]);
  });

  test('an agent that cuts its connections in the middle is unreachable', async () => {
    let agent: GrpcAgent | undefined;
    const started = await startGrpcAgent(async function* (_request, { signal }) {
      yield deltaStep('I think');
      void agent?.crash();
      await forever(signal);
    });
    agent = started;
    const failure = failureIn(await callAt(started.address));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNREACHABLE', true]);
  });

  test('an agent whose process is killed in the middle is unreachable', async () => {
    const script = join(import.meta.dirname, '../../testing/mortal-agent.ts');
    await using agent = await spawnProcess(process.execPath, { args: [script], ready: /READY \S+/ });
    const [, address = ''] = await agent.waitFor(/READY (\S+)/);
    const failure = failureIn(await callAt(address));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNREACHABLE', true]);
  });

  test('a server that does not speak gRPC breaks the protocol or is unreachable', async () => {
    const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const failure = failureIn(await callAt(`127.0.0.1:${(server.address() as AddressInfo).port}`));
    server.close();
    server.closeAllConnections();
    assert.ok(['AGENT_UNREACHABLE', 'AGENT_PROTOCOL_VIOLATION'].includes(failure.code), failure.code);
    assert.equal(failure.retryable, true);
  });

  test('an agent that hangs is stopped at the timeout, and told so', async () => {
    await using agent = await startGrpcAgent(async function* (_request, { signal }) {
      yield deltaStep('let me see');
      await forever(signal);
    });
    const failure = failureIn(await callAt(agent.address, { startToCloseMs: 100 }));
    assert.deepEqual([failure.code, failure.retryable], ['TIMEOUT', true]);
    await agent.callCancelled;
    const told = await eventually(() => agent.cancelled[0], { describe: 'Cancel' });
    assert.equal(told.reason, 'deadline exceeded');
  });

  test('an agent that is silent for too long is stopped; one that speaks is not', async () => {
    const silent = await failureOfSteps(
      async function* (_request, { signal }) {
        yield deltaStep('hm');
        await forever(signal);
      },
      { heartbeatMs: 100 },
    );
    assert.equal(silent.code, 'TIMEOUT');
    assert.match(silent.message, /heartbeat/);
  });

  test('cancellation reaches the agent twice: as a cancelled call and as Cancel', async () => {
    const called = Promise.withResolvers<void>();
    await using agent = await startGrpcAgent(async function* (_request, { signal }) {
      called.resolve();
      yield deltaStep('working');
      await forever(signal);
    });
    await using stage = await startStage({
      prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.GRPC, agent.address),
    });
    const ref = stage.scheduler.dispatchAgent('agent', null);
    await called.promise;
    stage.scheduler.cancel(ref, 'run cancelled');
    await agent.callCancelled;
    const told = await eventually(() => agent.cancelled[0], { describe: 'Cancel' });
    assert.deepEqual([told.taskId, told.reason], [`${ref.runId}/node/1/1`, 'run cancelled']);
    assert.equal(stage.scheduler.reports.length, 0);
  });
});
