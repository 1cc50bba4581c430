import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from '@skein/contracts/grpc';
import { RunService, WorkflowService } from '@skein/contracts/scheduler';
import { grpcTransport } from '@skein/rpc';
import { freePort } from '@skein/testkit';
import { gatewayRig } from '../testing/gateway-rig.ts';
import { HTTP_STATUSES, statusOf } from './http-status.ts';

interface WireDetail {
  readonly type: string;
  readonly value: Uint8Array<ArrayBuffer>;
}

const failure = (error: unknown) => ConnectError.from(error);

function wireDetails({ details }: ConnectError): readonly WireDetail[] {
  return details.map((it) => {
    assert.ok(!('desc' in it), 'the detail came over no wire');
    return { type: it.type, value: Uint8Array.from(it.value) };
  });
}

function detail(details: readonly WireDetail[], type: string): Uint8Array<ArrayBuffer> {
  return details.find((it) => it.type === type)?.value ?? assert.fail(`there is no ${type}`);
}

test('REST, gRPC and Connect say the same, byte for byte', async () => {
  await using rig = await gatewayRig();
  using grpc = grpcTransport({ address: `127.0.0.1:${rig.gateway.port}` });
  const connect = createConnectTransport({ baseUrl: rig.url, httpVersion: '1.1' });
  const [overGrpc = [], overConnect = []] = await Promise.all(
    [grpc, connect].map(async (transport) => {
      const applied = createClient(WorkflowService, transport).applyWorkflow({
        definition: { case: 'source', value: 'no id' },
      });
      return wireDetails(await applied.then(() => assert.fail('applied'), failure));
    }),
  );
  assert.equal(overGrpc.length, 3);
  assert.deepEqual(overConnect, overGrpc);

  const { status, headers, body } = await rig.json('POST', '/api/v1/workflows', 'no id', {
    'content-type': 'application/yaml',
  });
  const info = fromBinary(ErrorInfoSchema, detail(overGrpc, 'google.rpc.ErrorInfo'));
  const { fieldViolations } = fromBinary(BadRequestSchema, detail(overGrpc, 'google.rpc.BadRequest'));
  const { retryDelay } = fromBinary(RetryInfoSchema, detail(overGrpc, 'google.rpc.RetryInfo'));
  assert.equal(status, 400);
  assert.deepEqual(body, {
    error: {
      code: 'INVALID_ARGUMENT',
      reason: info.reason,
      message: 'the workflow has 2 problems',
      place: info.metadata['place'],
      remedy: info.metadata['remedy'],
      violations: fieldViolations.map(({ field, description, reason }) => ({ field, description, reason })),
      retry_after_ms: Number(retryDelay?.seconds) * 1000 + Number(retryDelay?.nanos) / 1e6,
    },
  });
  assert.equal(body.error.violations[1]?.description, 'unknown name “categroy”; did you mean category?');
  assert.equal(headers.get('retry-after'), '2');
});

test('every gRPC code has an HTTP status', () => {
  const codes = Object.values(Code).filter((code) => typeof code === 'number');
  assert.deepEqual(
    codes.map((code) => HTTP_STATUSES[code].status),
    [499, 500, 400, 504, 404, 409, 403, 429, 409, 409, 400, 501, 500, 503, 500, 401],
  );
  assert.equal(statusOf(Code.InvalidArgument, 'PAYLOAD_TOO_LARGE'), 413);
});

test('what is wrong with a body is said at once, field by field', async () => {
  await using rig = await gatewayRig();
  const { status, body } = await rig.json('POST', '/api/v1/workflows/echo/run', {
    wait: 'soon',
    labels: { a: 1, 'b/c': [] },
    inptu: {},
  });
  assert.equal(status, 400);
  assert.equal(body.error.reason, 'INVALID_FIELD');
  assert.deepEqual(body.error.violations.map(({ field, reason }) => `${field} ${reason}`).toSorted(), [
    'inptu UNKNOWN_FIELD',
    'labels.a INVALID_TYPE',
    'labels.b/c INVALID_TYPE',
    'wait INVALID_VALUE',
  ]);
});

test('a body that is no JSON, too large or of another type is refused', async () => {
  await using rig = await gatewayRig();
  const path = '/api/v1/workflows/echo/run';
  const malformed = await rig.json('POST', path, '{"input": ');
  assert.deepEqual([malformed.status, malformed.body.error.reason], [400, 'INVALID_FIELD']);
  assert.equal(malformed.body.error.violations[0]?.reason, 'MALFORMED');
  const large = await rig.json('POST', path, { input: 'x'.repeat(1_200_000) });
  assert.deepEqual([large.status, large.body.error.reason], [413, 'PAYLOAD_TOO_LARGE']);
  const form = await rig.json('POST', path, 'input=1', { 'content-type': 'application/x-www-form-urlencoded' });
  assert.deepEqual([form.status, form.body.error.reason], [415, 'UNSUPPORTED_MEDIA_TYPE']);
  assert.match(form.body.error.remedy ?? '', /application\/json/);
  const untyped = await fetch(`${rig.url}${path}`, { method: 'POST', body: new Uint8Array([123, 125]) });
  assert.equal(untyped.status, 415);
  assert.equal(rig.scheduler.starts.length, 0);
});

test('a prototype is not to be changed', async () => {
  await using rig = await gatewayRig();
  const { status } = await rig.json('POST', '/api/v1/workflows/echo/run', '{"input":{"__proto__":{"admin":true}}}');
  assert.equal(status, 400);
});

test('unknown paths and methods are told apart from unknown things', async () => {
  await using rig = await gatewayRig();
  for (const [method, path] of [
    ['GET', '/api/v2/runs'],
    ['PATCH', '/api/v1/runs'],
    ['POST', '/skein.scheduler.v1.RunService/Nothing'],
  ] as const) {
    const { status, body } = await rig.json(method, path);
    assert.deepEqual([status, body.error.reason, body.error.place], [404, 'ROUTE_NOT_FOUND', path]);
  }
  const bad = await rig.json('GET', '/api/v1/runs/%E0%A4%A');
  assert.deepEqual([bad.status, bad.body.error.reason], [400, 'INVALID_FIELD']);
});

test('a service that is away is named', async () => {
  using nobody = grpcTransport({ address: `127.0.0.1:${await freePort()}` });
  await using full = await gatewayRig();
  await using rig = await gatewayRig({
    clients: { ...full.clients, runs: createClient(RunService, nobody) },
  });
  const { status, headers, body } = await rig.json('GET', '/api/v1/runs');
  assert.equal(status, 503);
  assert.equal(headers.get('retry-after'), '1');
  assert.deepEqual(body.error, {
    code: 'UNAVAILABLE',
    reason: 'SERVICE_UNAVAILABLE',
    message: 'scheduler does not answer',
    place: 'scheduler',
    remedy: 'try again; if it lasts, `skein doctor` says why scheduler is away',
    violations: [],
    retry_after_ms: 1000,
  });
  const using = grpcTransport({ address: `127.0.0.1:${rig.gateway.port}` });
  await assert.rejects(createClient(RunService, using).listRuns({}), /scheduler does not answer/);
  using[Symbol.dispose]();
});

test('a defect tells nothing but that there is one', async () => {
  await using full = await gatewayRig();
  const runs = { ...full.clients.runs, listRuns: () => Promise.reject(new TypeError('secret detail')) };
  await using rig = await gatewayRig({ clients: { ...full.clients, runs } });
  const { status, body } = await rig.json('GET', '/api/v1/runs');
  assert.equal(status, 500);
  assert.deepEqual([body.error.code, body.error.reason], ['INTERNAL', 'INTERNAL']);
  assert.doesNotMatch(JSON.stringify(body), /secret/);
});
