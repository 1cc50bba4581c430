import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { Code, createClient, type Transport } from '@connectrpc/connect';
import { EventService, SubscribeEventsResponseSchema } from '@skein/contracts/eventlog';
import { Health, HealthCheckResponse_ServingStatus, ServerReflection } from '@skein/contracts/grpc';
import { LlmService } from '@skein/contracts/llm';
import { TaskService } from '@skein/contracts/scheduler';
import { bind, describeError, directTransport, grpcTransport, skeinError, startGrpcServer } from './index.ts';

/** Every kind of call that the contracts have, each with a failure. */
function bindings(onAborted: (what: string) => void) {
  const llm = bind(LlmService, {
    async complete(request, { signal }) {
      if (request.idempotencyKey === 'hang') {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        onAborted('complete');
      }
      if (request.spec === undefined) {
        throw skeinError({
          reason: 'INVALID_FIELD',
          code: Code.InvalidArgument,
          message: 'spec is required',
          place: 'spec',
          remedy: 'give a spec',
          violations: [{ field: 'spec', description: 'is required', reason: 'REQUIRED' }],
          retryAfterMs: 1500,
        });
      }
      return { completion: { text: `${request.namespace}/${request.spec.model}` } };
    },
    async *streamComplete(request) {
      yield { event: { case: 'delta', value: 'a' } };
      if (request.idempotencyKey === 'fail') {
        throw skeinError({ reason: 'PROVIDER_ERROR', code: Code.Unavailable, message: 'gone' });
      }
      yield { event: { case: 'completion', value: { text: 'ab' } } };
    },
    listModels: () => ({ models: [] }),
  });
  const events = bind(EventService, {
    listEvents: () => ({}),
    getRunTimeline: () => ({}),
    appendTaskEvents: () => ({}),
    async *subscribeEvents(_request, { signal }) {
      try {
        yield create(SubscribeEventsResponseSchema, { cursor: 'one' });
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      } finally {
        onAborted('subscribe');
      }
    },
  });
  const tasks = bind(TaskService, {
    forwardReports: () => ({}),
    takeRun: () => ({}),
    getRunEvents: () => ({}),
    getPayloads: () => ({}),
    listRunDeletions: () => ({}),
    confirmRunDeletions: () => ({}),
    async *exchange(requests) {
      for await (const { message } of requests) {
        if (message.case === 'credits') {
          yield { message: { case: 'welcome', value: { schedulerId: `${message.value.count}` } } };
        }
      }
    },
  });
  return [llm, events, tasks];
}

async function withTransports(
  onAborted: (what: string) => void,
  check: (transport: Transport, kind: string) => Promise<void>,
) {
  const served = bindings(onAborted);
  await check(directTransport(served), 'direct');
  await using server = await startGrpcServer({ port: 0, bindings: served });
  using transport = grpcTransport({ address: server.address });
  await check(transport, 'grpc');
}

const nothing = () => {};

test('a unary call answers the same over every transport', () =>
  withTransports(nothing, async (transport) => {
    const client = createClient(LlmService, transport);
    const { completion } = await client.complete({ namespace: 'n', spec: { model: 'm' } });
    assert.equal(completion?.text, 'n/m');
  }));

test('an error keeps code, reason, place, remedy, violations and retry delay', () =>
  withTransports(nothing, async (transport) => {
    const error = await createClient(LlmService, transport)
      .complete({})
      .then(() => assert.fail('must throw'), describeError);
    const { violations, ...rest } = error;
    assert.deepEqual(rest, {
      code: Code.InvalidArgument,
      reason: 'INVALID_FIELD',
      message: 'spec is required',
      place: 'spec',
      remedy: 'give a spec',
      retryAfterMs: 1500,
    });
    assert.deepEqual(
      violations.map(({ field, reason }) => ({ field, reason })),
      [{ field: 'spec', reason: 'REQUIRED' }],
    );
  }));

test('a server stream delivers in order, and its failure after what came before', () =>
  withTransports(nothing, async (transport) => {
    const client = createClient(LlmService, transport);
    const cases: string[] = [];
    for await (const { event } of client.streamComplete({})) cases.push(event.case ?? '');
    assert.deepEqual(cases, ['delta', 'completion']);

    const seen: string[] = [];
    await assert.rejects(
      async () => {
        for await (const { event } of client.streamComplete({ idempotencyKey: 'fail' })) seen.push(event.case ?? '');
      },
      (error) => describeError(error).reason === 'PROVIDER_ERROR',
    );
    assert.deepEqual(seen, ['delta']);
  }));

// Leaving the loop is not enough: connect's clients keep a stream open until it ends or its signal aborts.
test('a reader whose signal aborts ends its stream and aborts the handler', () =>
  withTransports(nothing, async (_transport, kind) => {
    const aborted = Promise.withResolvers<string>();
    const served = bindings(aborted.resolve);
    await using server = await startGrpcServer({ port: 0, bindings: served });
    using grpc = grpcTransport({ address: server.address });
    const client = createClient(EventService, kind === 'grpc' ? grpc : directTransport(served));
    const stop = new AbortController();
    await assert.rejects(
      async () => {
        for await (const { cursor } of client.subscribeEvents({}, { signal: stop.signal })) {
          assert.equal(cursor, 'one');
          stop.abort();
        }
      },
      (error) => describeError(error).code === Code.Canceled,
    );
    assert.equal(await aborted.promise, 'subscribe');
  }));

test('a reader that gives up between two messages, and asks for no other, ends the handler', () =>
  withTransports(nothing, async (_transport, kind) => {
    const aborted = Promise.withResolvers<string>();
    const served = bindings(aborted.resolve);
    await using server = await startGrpcServer({ port: 0, bindings: served });
    using grpc = grpcTransport({ address: server.address });
    const client = createClient(EventService, kind === 'grpc' ? grpc : directTransport(served));
    const stop = new AbortController();
    const reading = client.subscribeEvents({}, { signal: stop.signal })[Symbol.asyncIterator]();
    assert.equal((await reading.next()).value?.cursor, 'one');
    stop.abort();
    assert.equal(await aborted.promise, 'subscribe');
  }));

test('a deadline ends the call and reaches the handler', () => {
  const aborted = Promise.withResolvers<string>();
  return withTransports(aborted.resolve, async (transport) => {
    const call = createClient(LlmService, transport).complete({ idempotencyKey: 'hang' }, { timeoutMs: 50 });
    await assert.rejects(call, (error) => describeError(error).code === Code.DeadlineExceeded);
    assert.equal(await aborted.promise, 'complete');
  });
});

test('a bidirectional stream answers while requests are still coming', () =>
  withTransports(nothing, async (transport) => {
    const answers = Promise.withResolvers<void>();
    async function* requests() {
      yield { message: { case: 'credits' as const, value: { count: 1 } } };
      await answers.promise;
      yield { message: { case: 'credits' as const, value: { count: 2 } } };
    }
    const seen: string[] = [];
    for await (const { message } of createClient(TaskService, transport).exchange(requests())) {
      if (message.case === 'welcome') seen.push(message.value.schedulerId);
      answers.resolve();
    }
    assert.deepEqual(seen, ['1', '2']);
  }));

test('an address without a server is SERVICE_UNAVAILABLE', async () => {
  using transport = grpcTransport({ address: '127.0.0.1:1' });
  await assert.rejects(
    createClient(LlmService, transport).listModels({}),
    (error) => describeError(error).reason === 'SERVICE_UNAVAILABLE',
  );
});

test('a service that is not bound in this process is UNIMPLEMENTED', async () => {
  await assert.rejects(
    createClient(LlmService, directTransport([])).listModels({}),
    (error) => describeError(error).code === Code.Unimplemented,
  );
});

test('health tells the watchers of a change', async () => {
  await using server = await startGrpcServer({ port: 0, bindings: bindings(nothing) });
  using transport = grpcTransport({ address: server.address });
  const client = createClient(Health, transport);
  await assert.rejects(
    client.check({ service: 'no.such.Service' }),
    (error) => describeError(error).code === Code.NotFound,
  );
  const seen: number[] = [];
  const stop = new AbortController();
  for await (const { status } of client.watch({ service: 'skein.llm.v1.LlmService' }, { signal: stop.signal })) {
    seen.push(status);
    if (seen.length === 2) break;
    server.health.setAll('NOT_SERVING');
  }
  stop.abort();
  assert.deepEqual(seen, [HealthCheckResponse_ServingStatus.SERVING, HealthCheckResponse_ServingStatus.NOT_SERVING]);
});

test('reflection lists services and serves files with their imports', async () => {
  await using server = await startGrpcServer({ port: 0, bindings: bindings(nothing) });
  using transport = grpcTransport({ address: server.address });
  async function* questions() {
    yield { messageRequest: { case: 'listServices' as const, value: '' } };
    yield {
      messageRequest: {
        case: 'fileContainingSymbol' as const,
        value: 'skein.scheduler.v1.TaskService.Exchange',
      },
    };
    yield { messageRequest: { case: 'fileContainingSymbol' as const, value: 'no.such.Symbol' } };
  }
  const seen: string[] = [];
  const client = createClient(ServerReflection, transport);
  for await (const { messageResponse } of client.serverReflectionInfo(questions())) {
    if (messageResponse.case === 'listServicesResponse') {
      seen.push(...messageResponse.value.service.map(({ name }) => name));
    } else if (messageResponse.case === 'fileDescriptorResponse') {
      assert.ok(messageResponse.value.fileDescriptorProto.length >= 5);
      seen.push('file');
    } else seen.push(messageResponse.case ?? '');
  }
  assert.deepEqual(seen, [
    'grpc.health.v1.Health',
    'grpc.reflection.v1.ServerReflection',
    'skein.eventlog.v1.EventService',
    'skein.llm.v1.LlmService',
    'skein.scheduler.v1.TaskService',
    'file',
    'errorResponse',
  ]);
});
