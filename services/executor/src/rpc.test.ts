/** Methods of servers that nobody knew before, over every protocol; and everything that such servers do wrong. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { suite, test } from 'node:test';
import { create, toBinary, type DescFile } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { ServerReflection } from '@skein/contracts/grpc';
import { LlmService } from '@skein/contracts/llm';
import { RpcProtocol } from '@skein/contracts/registry';
import { RpcCallSchema, type TaskReport } from '@skein/contracts/scheduler';
import { reflectionBinding, skeinError } from '@skein/rpc';
import { freePort } from '@skein/testkit';
import type { RegisteredRpcService } from './testing/fake-registry.ts';
import { failureIn, outputOf, startStage, type Stage } from './testing/executor-stage.ts';

// A service of our own contracts serves as well as any: the executor knows it by descriptors alone.
type Impl = Partial<ServiceImpl<typeof LlmService>>;
const COMPLETE = 'skein.llm.v1.LlmService/Complete';
const QUESTION = { spec: { model: 'm', messages: [{ role: 'ROLE_USER', content: 'hi' }] } };

interface TestServer extends AsyncDisposable {
  readonly address: string;
}

interface ServerOptions {
  readonly http2?: boolean;
  readonly reflection?: boolean;
}

async function serve(impl: Impl, { http2 = true, reflection = true }: ServerOptions = {}): Promise<TestServer> {
  const handler = connectNodeAdapter({
    routes(router) {
      router.service(LlmService, impl);
      if (!reflection) return;
      const { methods } = reflectionBinding([{ service: LlmService, methods: {} }]);
      router.service(
        ServerReflection,
        Object.fromEntries(Object.entries(methods).map(([name, it]) => [name, it.impl])),
      );
    },
  });
  return listen(http2 ? createHttp2Server(handler) : createServer(handler));
}

async function listen(server: Server | Http2Server | TcpServer): Promise<TestServer> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const echo: Impl = {
  complete: ({ spec }) => ({ completion: { text: spec?.messages[0]?.content ?? '', inputTokens: 7n } }),
};

const call = (method = COMPLETE, serviceId = 'model') => ({
  case: 'rpc' as const,
  value: create(RpcCallSchema, { serviceId, method }),
});

interface CallOptions {
  readonly method?: string;
  readonly metadata?: object;
  readonly startToCloseMs?: number;
}

async function callWith(
  service: Omit<RegisteredRpcService, 'serviceId'>,
  message: unknown,
  { method, metadata, startToCloseMs }: CallOptions = {},
): Promise<TaskReport> {
  await using stage = await startStage({ prepare: ({ registry }) => registry.addService('model', service) });
  const input = { message, ...(metadata === undefined ? {} : { metadata }) };
  const options = startToCloseMs === undefined ? {} : { startToCloseMs };
  return await stage.scheduler.ended(stage.scheduler.dispatch(call(method), input, options));
}

const at = (server: TestServer) => ({ addresses: [server.address] });

function filesOf(file: DescFile, into = new Map<string, FileDescriptorProto>()): FileDescriptorProto[] {
  into.set(file.name, file.proto);
  for (const dependency of file.dependencies) if (!into.has(dependency.name)) filesOf(dependency, into);
  return [...into.values()];
}

function setOf(files: FileDescriptorProto[]): Uint8Array<ArrayBuffer> {
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: files }));
}

suite('a method of an rpc service', () => {
  for (const [name, protocol, http2] of [
    ['gRPC', RpcProtocol.GRPC, true],
    ['Connect', RpcProtocol.CONNECT, false],
    ['gRPC-Web', RpcProtocol.GRPC_WEB, false],
  ] as const) {
    test(`is called over ${name}, request and response as JSON`, async () => {
      await using server = await serve(echo, { http2 });
      // Reflection needs HTTP/2; over HTTP/1.1 the descriptors are uploaded.
      const descriptors = http2 ? {} : { descriptorSet: setOf(filesOf(LlmService.file)) };
      const report = await callWith({ ...at(server), protocol, ...descriptors }, QUESTION);
      assert.deepEqual(outputOf(report), {
        completion: { text: 'hi', model: '', finishReason: '', inputTokens: '7', outputTokens: '0', replayed: false },
      });
      assert.equal(report.facts?.target, server.address);
    });
  }

  test('is given its metadata, the idempotency key, the trace and the deadline', async () => {
    let seen: HandlerContext | undefined;
    await using server = await serve({
      complete(request, context) {
        seen = context;
        return echo.complete?.(request, context) ?? {};
      },
    });
    await using stage = await startStage({ prepare: ({ registry }) => registry.addService('model', at(server)) });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    const input = { message: QUESTION, metadata: { 'x-tenant': 'müller' } };
    const ref = stage.scheduler.dispatch(call(), input, { traceparent, startToCloseMs: 5000 });
    await stage.scheduler.ended(ref);
    const header = (name: string) => seen?.requestHeader.get(name);
    assert.deepEqual(
      [header('x-tenant'), header('idempotency-key'), header('x-run-id'), header('traceparent')],
      ['m%C3%BCller', `${ref.runId}/node/1`, ref.runId, traceparent],
    );
    assert.match(header('grpc-timeout') ?? '', /^[45]\d{3}m$/);
  });

  test('is asked of the servers in turn', async () => {
    const asked: string[] = [];
    const named = (name: string): Impl => ({
      complete() {
        asked.push(name);
        return {};
      },
    });
    await using one = await serve(named('one'));
    await using two = await serve(named('two'));
    const addresses = [one.address, two.address];
    await using stage = await startStage({ prepare: ({ registry }) => registry.addService('model', { addresses }) });
    for (let i = 0; i < 4; i += 1) await stage.scheduler.ended(stage.scheduler.dispatch(call(), { message: QUESTION }));
    assert.deepEqual(asked.toSorted(), ['one', 'one', 'two', 'two']);
  });
});

suite('what cannot be called', () => {
  test('a message that does not fit names the field', async () => {
    await using server = await serve(echo);
    for (const [message, place] of [
      [{ spec: { model: 5 } }, 'nodes.node.input.skein.llm.v1.CompletionSpec.model'],
      [{ namespace: 5 }, 'nodes.node.input.namespace'],
      [{ nothing: 1 }, 'nodes.node.input.nothing'],
      ['text', 'nodes.node.input'],
    ] as const) {
      const failure = failureIn(await callWith(at(server), message));
      assert.deepEqual(
        [failure.code, failure.retryable, failure.place],
        ['INVALID_FIELD', false, place],
        failure.message,
      );
      assert.match(failure.message, /the input is no skein.llm.v1.CompleteRequest/);
    }
  });

  test('a method that there is not, or that streams, names those there are', async () => {
    await using server = await serve(echo);
    const unknown = failureIn(await callWith(at(server), {}, { method: 'skein.llm.v1.LlmService/Finish' }));
    assert.deepEqual([unknown.code, unknown.retryable], ['METHOD_NOT_FOUND', false]);
    assert.match(unknown.message, /it has .*LlmService\/Complete, /);
    const streams = failureIn(await callWith(at(server), {}, { method: 'skein.llm.v1.LlmService/StreamComplete' }));
    assert.equal(streams.code, 'METHOD_NOT_FOUND');
    assert.match(streams.message, /only unary/);
  });

  test('a service that is not registered', async () => {
    await using stage = await startStage();
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatch(call(), {})));
    assert.deepEqual([failure.code, failure.retryable], ['SERVICE_NOT_FOUND', false]);
  });

  test('a server without reflection, unless its descriptors were uploaded', async () => {
    await using server = await serve(echo, { reflection: false });
    const failure = failureIn(await callWith(at(server), QUESTION));
    assert.deepEqual([failure.code, failure.retryable], ['DESCRIPTORS_UNAVAILABLE', false]);
    assert.match(failure.remedy, /skein services register model --descriptors FILE/);
    const descriptorSet = setOf(filesOf(LlmService.file));
    assert.ok(outputOf(await callWith({ ...at(server), descriptorSet }, QUESTION)));
  });
});

suite('a server that fails', () => {
  const descriptorSet = setOf(filesOf(LlmService.file));

  test('because it is not there, is tried again: nothing has reached it', async () => {
    const away = { addresses: [`127.0.0.1:${await freePort()}`] };
    for (const service of [away, { ...away, descriptorSet }]) {
      const failure = failureIn(await callWith(service, QUESTION));
      assert.deepEqual([failure.code, failure.retryable], ['SERVICE_UNAVAILABLE', true]);
    }
  });

  test('by breaking the connection in the middle leaves the outcome unknown', async () => {
    await using server = await listen(
      createTcpServer((socket) => socket.once('data', () => setImmediate(() => socket.destroy()))),
    );
    const failure = failureIn(await callWith({ ...at(server), descriptorSet }, QUESTION));
    assert.deepEqual([failure.code, failure.retryable], ['RPC_UNREACHABLE', true]);
  });

  for (const [code, status, retryable] of [
    [Code.Unavailable, 'UNAVAILABLE', true],
    [Code.ResourceExhausted, 'RESOURCE_EXHAUSTED', true],
    [Code.DeadlineExceeded, 'DEADLINE_EXCEEDED', true],
    [Code.InvalidArgument, 'INVALID_ARGUMENT', false],
    [Code.FailedPrecondition, 'FAILED_PRECONDITION', false],
  ] as const) {
    for (const [name, protocol] of [
      ['gRPC', RpcProtocol.GRPC],
      ['Connect', RpcProtocol.CONNECT],
    ] as const) {
      test(`with ${status} is ${retryable ? '' : 'not '}tried again (${name})`, async () => {
        const throws = () => {
          throw skeinError({ reason: 'RUN_BUSY', code, message: 'not like this', retryAfterMs: 2000 });
        };
        await using server = await serve({ complete: throws }, { http2: protocol === RpcProtocol.GRPC });
        const failure = failureIn(await callWith({ ...at(server), protocol, descriptorSet }, QUESTION));
        assert.deepEqual([failure.code, failure.retryable, failure.message], [status, retryable, 'not like this']);
        assert.equal(failure.retryAfter?.seconds, 2n, 'RetryInfo is honoured');
      });
    }
  }

  test('by taking too long is left alone at the deadline', async () => {
    const told = Promise.withResolvers<void>();
    await using server = await serve({
      async complete(_request, { signal }) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        told.resolve();
        throw new ConnectError('too late', Code.Canceled);
      },
    });
    const failure = failureIn(await callWith({ ...at(server), descriptorSet }, QUESTION, { startToCloseMs: 300 }));
    assert.deepEqual([failure.code, failure.retryable], ['TIMEOUT', true]);
    await told.promise;
  });

  test('by answering more than fits is not tried again', async () => {
    for (const sizeBytes of [5 * 1024 * 1024, 2 * 1024 * 1024]) {
      await using server = await serve({ complete: () => ({ completion: { text: 'x'.repeat(sizeBytes) } }) });
      const failure = failureIn(await callWith(at(server), QUESTION));
      assert.deepEqual([failure.code, failure.retryable], ['PAYLOAD_TOO_LARGE', false]);
    }
  });

  test('by speaking something else', async () => {
    await using server = await listen(createServer((_request, response) => response.end('<html>')));
    const service = { ...at(server), protocol: RpcProtocol.CONNECT, descriptorSet };
    const failure = failureIn(await callWith(service, QUESTION));
    assert.deepEqual([failure.code, failure.retryable], ['RPC_PROTOCOL_VIOLATION', false]);
  });

  test('behind a proxy that says so by HTTP alone', async () => {
    for (const [status, code, retryable] of [
      [503, 'UNAVAILABLE', true],
      [429, 'UNAVAILABLE', true],
      [404, 'RPC_PROTOCOL_VIOLATION', false],
    ] as const) {
      await using server = await listen(createServer((_request, response) => response.writeHead(status).end('proxy')));
      const service = { ...at(server), protocol: RpcProtocol.CONNECT, descriptorSet };
      const failure = failureIn(await callWith(service, QUESTION));
      assert.deepEqual([failure.code, failure.retryable], [code, retryable]);
    }
  });

  test('by answering what its descriptors do not say', async () => {
    const lying = filesOf(LlmService.file).map((file) => structuredClone(file));
    const completion = lying.flatMap((file) => file.messageType).find(({ name }) => name === 'Completion');
    const text = completion?.field.find(({ name }) => name === 'text');
    assert.ok(text);
    // The text is said to be a message: its bytes are then read as fields, and make no sense.
    Object.assign(text, { type: 11, typeName: '.skein.llm.v1.Message' });
    await using server = await serve({ complete: () => ({ completion: { text: 'hello, this is no message' } }) });
    const failure = failureIn(await callWith({ ...at(server), descriptorSet: setOf(lying) }, QUESTION));
    assert.deepEqual([failure.code, failure.retryable], ['RPC_PROTOCOL_VIOLATION', false]);
    assert.match(failure.message, /descriptors/);
  });
});

suite('what is known of services', () => {
  const dispatch = (stage: Stage, method?: string) =>
    stage.scheduler.ended(stage.scheduler.dispatch(call(method), { message: QUESTION }));

  test('goes on being used while the registry is away', async () => {
    await using server = await serve(echo);
    await using stage = await startStage({ prepare: ({ registry }) => registry.addService('model', at(server)) });
    assert.ok(outputOf(await dispatch(stage)));
    stage.registry.refusing = true;
    assert.ok(outputOf(await dispatch(stage)));
  });

  test('is not known while the registry was never there: tried again', async () => {
    await using stage = await startStage();
    assert.equal(failureIn(await dispatch(stage)).code, 'SERVICE_NOT_FOUND', 'it is connected');
    stage.registry.refusing = true;
    const failure = failureIn(await dispatch(stage));
    assert.deepEqual([failure.code, failure.retryable], ['SERVICE_UNAVAILABLE', true]);
  });
});
