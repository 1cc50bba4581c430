import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { test } from 'node:test';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { EventService } from '@skein/contracts/eventlog';
import { Health, ServerReflection } from '@skein/contracts/grpc';
import { LlmService, Role } from '@skein/contracts/llm';
import { AgentRegistryService } from '@skein/contracts/registry';
import { RunService, RunState, WorkflowService } from '@skein/contracts/scheduler';
import { eventName, jsonOfValue, valueOfJson } from '@skein/events';
import { describeError, grpcTransport } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { SLOW_WORKFLOW } from '../testing/fake-scheduler.ts';
import { gatewayRig, type GatewayRig } from '../testing/gateway-rig.ts';

function workflow(workflowId: string) {
  return { case: 'workflow' as const, value: { workflowId } };
}

async function usesEveryService(transport: Transport): Promise<void> {
  const { run } = await createClient(RunService, transport).startRun({
    target: workflow('echo'),
    input: valueOfJson({ ticket: 'x' }),
    waitTimeout: { seconds: 5n },
  });
  assert.equal(run?.state, RunState.DONE);
  assert.deepEqual(jsonOfValue(run.output), { ticket: 'x' });
  const { workflows } = await createClient(WorkflowService, transport).listWorkflows({});
  assert.equal(workflows.length, 2);
  const agents = createClient(AgentRegistryService, transport);
  await agents.registerAgent({ agentId: 'a', endpoints: ['grpc://127.0.0.1:1'] });
  assert.equal((await agents.getAgent({ agentId: 'a' })).agent?.agentId, 'a');
  const { entries } = await createClient(EventService, transport).listEvents({ runId: run.runId });
  assert.equal(entries.length, 1);
  const words: string[] = [];
  const spec = { messages: [{ role: Role.USER, content: 'one two' }] };
  for await (const { event } of createClient(LlmService, transport).streamComplete({ spec })) {
    words.push(event.case === 'delta' ? event.value : (event.value?.text ?? ''));
  }
  assert.deepEqual(words, ['one ', 'two', 'one two']);
}

const TRANSPORTS: Readonly<Record<string, (rig: GatewayRig) => Transport & Partial<Disposable>>> = {
  'gRPC of grpc-js': ({ gateway }) => grpcTransport({ address: `127.0.0.1:${gateway.port}` }),
  'gRPC-web over HTTP/1.1': ({ url }) => createGrpcWebTransport({ baseUrl: url, httpVersion: '1.1' }),
  'Connect over HTTP/1.1': ({ url }) => createConnectTransport({ baseUrl: url, httpVersion: '1.1' }),
  'Connect over HTTP/2, as JSON': ({ url }) =>
    createConnectTransport({ baseUrl: url, httpVersion: '2', useBinaryFormat: false }),
};

for (const [name, transportTo] of Object.entries(TRANSPORTS)) {
  test(`every service answers ${name}`, async () => {
    await using rig = await gatewayRig();
    const transport = transportTo(rig);
    await usesEveryService(transport);
    transport[Symbol.dispose]?.();
  });

  test(`errors keep every detail over ${name}`, async () => {
    await using rig = await gatewayRig();
    const transport = transportTo(rig);
    const definition = { case: 'source', value: 'no id' } as const;
    const error = await createClient(WorkflowService, transport)
      .applyWorkflow({ definition })
      .then(
        () => assert.fail('applied'),
        (thrown: unknown) => ConnectError.from(thrown),
      );
    assert.deepEqual(describeError(error), {
      code: Code.InvalidArgument,
      reason: 'INVALID_WORKFLOW',
      message: 'the workflow has 2 problems',
      place: 'nodes',
      remedy: 'mend the fields named',
      violations: describeError(error).violations,
      retryAfterMs: 1500,
    });
    assert.deepEqual(
      describeError(error).violations.map(({ field }) => field),
      ['id', 'nodes.route.condition'],
    );
    transport[Symbol.dispose]?.();
  });

  test(`a subscription ends with its reader over ${name}`, async () => {
    await using rig = await gatewayRig();
    const transport = transportTo(rig);
    const { run } = await createClient(RunService, transport).startRun({ target: workflow(SLOW_WORKFLOW) });
    const runId = run?.runId ?? '';
    const reading = new AbortController();
    const names: string[] = [];
    const follow = async () => {
      const options = { signal: reading.signal };
      for await (const { item } of createClient(EventService, transport).subscribeEvents({ runId }, options)) {
        if (item.case === 'runEvent') names.push(eventName(item.value));
      }
    };
    const following = follow();
    await eventually(() => names.length === 1, { describe: 'the first event' });
    reading.abort();
    await assert.rejects(following);
    await eventually(() => rig.events.open === 0, { describe: 'the subscription to end' });
    transport[Symbol.dispose]?.();
  });
}

test('Connect is spoken with curl', async () => {
  await using rig = await gatewayRig();
  const path = '/skein.scheduler.v1.RunService/StartRun';
  const { status, body } = await rig.json('POST', path, { workflow: { workflowId: 'echo' }, input: [1] });
  assert.equal(status, 200);
  assert.deepEqual((body['run'] as { output: unknown }).output, [1]);
});

test('deadlines go on to the service', async () => {
  await using rig = await gatewayRig();
  using transport = grpcTransport({ address: `127.0.0.1:${rig.gateway.port}` });
  await createClient(RunService, transport).startRun({ target: workflow('echo') }, { timeoutMs: 20_000 });
  const [{ context } = assert.fail('nothing was started')] = rig.scheduler.starts;
  const leftMs = context.timeoutMs() ?? Number.NaN;
  assert.ok(leftMs > 5000 && leftMs <= 20_000, `${leftMs} ms are left`);
});

test('what is internal is not served', async () => {
  await using rig = await gatewayRig();
  using transport = grpcTransport({ address: `127.0.0.1:${rig.gateway.port}` });
  const refused = (error: unknown) => ConnectError.from(error).code === Code.Unimplemented;
  await assert.rejects(createClient(EventService, transport).appendTaskEvents({}), refused);
  const routes = createClient(AgentRegistryService, transport).watchRoutes({});
  await assert.rejects(Array.fromAsync(routes), refused);
  const exchange = await rig.json('POST', '/skein.scheduler.v1.TaskService/Exchange', {});
  assert.equal(exchange.status, 404);
});

test('standard health and reflection answer', async () => {
  await using rig = await gatewayRig();
  using transport = grpcTransport({ address: `127.0.0.1:${rig.gateway.port}` });
  const health = createClient(Health, transport);
  assert.equal((await health.check({ service: 'skein.scheduler.v1.RunService' })).status, 1);
  async function* question() {
    yield { messageRequest: { case: 'listServices' as const, value: '' } };
  }
  const [answer] = await Array.fromAsync(createClient(ServerReflection, transport).serverReflectionInfo(question()));
  const listed = answer?.messageResponse.case === 'listServicesResponse' ? answer.messageResponse.value.service : [];
  assert.ok(listed.some(({ name }) => name === 'skein.llm.v1.LlmService'));
  assert.ok(listed.some(({ name }) => name === 'grpc.health.v1.Health'));
});

test('REST answers over HTTP/2 too', async () => {
  await using rig = await gatewayRig();
  const session = connect(rig.url);
  const request = session.request({
    ':method': 'POST',
    ':path': '/api/v1/workflows/echo/run?wait=5s',
    'content-type': 'application/json',
  });
  request.end(JSON.stringify({ input: 'over h2' }));
  const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
  request.on('response', resolve);
  const text = Buffer.concat(await request.toArray()).toString();
  assert.equal((await promise)[':status'], 200);
  assert.equal((JSON.parse(text) as { output: string }).output, 'over h2');
  session.close();
});
