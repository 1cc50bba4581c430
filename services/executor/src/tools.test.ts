/** Tools: what is sent for an input, and what becomes of everything that a tool answers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { create, type JsonObject, type MessageInitShape } from '@bufbuild/protobuf';
import { InputPlace, type HttpToolSchema, type ToolSchema } from '@skein/contracts/registry';
import { ToolCallSchema, type TaskReport } from '@skein/contracts/scheduler';
import { freePort } from '@skein/testkit';
import { failureIn, outputOf, startStage } from './testing/executor-stage.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface ToolServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen[];
}

async function serve(answer: (response: ServerResponse) => void): Promise<ToolServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      seen.push({ method, url, headers, body });
      answer(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const json = (value: unknown) => (response: ServerResponse) => void response.end(JSON.stringify(value));
const call = { case: 'tool' as const, value: create(ToolCallSchema, { toolId: 'tool' }) };

type Kind = NonNullable<MessageInitShape<typeof ToolSchema>['kind']>;
interface Schemas {
  readonly inputSchema?: JsonObject;
  readonly outputSchema?: JsonObject;
}

async function callTool(kind: Kind, input: unknown, schemas: Schemas = {}): Promise<TaskReport> {
  await using stage = await startStage({
    prepare: ({ registry }) => registry.addTool({ toolId: 'tool', kind, ...schemas }),
  });
  return await stage.scheduler.ended(stage.scheduler.dispatch(call, input));
}

const http = (value: MessageInitShape<typeof HttpToolSchema>): Kind => ({ case: 'http', value });

suite('an HTTP tool', () => {
  test('has members of the input in its path and the rest in its body, and headers', async () => {
    await using server = await serve(json({ ok: true }));
    const tool = http({ method: 'POST', url: `${server.url}/items/{id}/of/{owner}?v=1`, headers: { 'x-key': 'k' } });
    const report = await callTool(tool, { id: 'a/b c', owner: 7, note: 'n', tags: [1] });
    assert.deepEqual(outputOf(report), { ok: true });
    const [request] = server.seen;
    assert.deepEqual([request?.method, request?.url], ['POST', '/items/a%2Fb%20c/of/7?v=1']);
    assert.deepEqual(JSON.parse(request?.body ?? ''), { note: 'n', tags: [1] });
    const { headers } = request ?? {};
    assert.partialDeepStrictEqual(headers, { 'x-key': 'k', 'content-type': 'application/json' });
    assert.match(String(headers?.['idempotency-key']), /^run-\d+\/node\/1$/);
    assert.match(String(headers?.['x-run-id']), /^run-\d+$/);
    assert.match(report.facts?.target ?? '', /^POST http:.*\/items\/a%2Fb%20c\/of\/7$/);
  });

  test('without a body has the rest in its query', async () => {
    await using server = await serve(json([1]));
    const tool = http({ method: 'GET', url: `${server.url}/find/{kind}` });
    const input = { kind: 'lamp', q: 'ä b', tag: ['x', 'y'], near: { a: 1 }, none: null, all: false };
    assert.deepEqual(outputOf(await callTool(tool, input)), [1]);
    assert.equal(server.seen[0]?.url, '/find/lamp?q=%C3%A4+b&tag=x&tag=y&near=%7B%22a%22%3A1%7D&all=false');
    assert.equal(server.seen[0].body, '');
    const posted = http({ method: 'POST', url: server.url, inputPlace: InputPlace.QUERY });
    await callTool(posted, { q: 1 });
    assert.deepEqual([server.seen[1]?.url, server.seen[1]?.body], ['/?q=1', '']);
  });

  test('that answers nothing has null as its output', async () => {
    await using server = await serve((response) => response.writeHead(204).end());
    assert.equal(outputOf(await callTool(http({ method: 'DELETE', url: server.url }), null)), null);
  });

  for (const [what, id] of [
    ['no value', undefined],
    ['an object', { a: 1 }],
    ['nothing', ''],
    ['a way up', '..'],
    ['a way nowhere', '.'],
  ] as const) {
    test(`is not called with ${what} for its path`, async () => {
      await using server = await serve(json(1));
      const tool = http({ method: 'GET', url: `${server.url}/items/{id}/x` });
      const failure = failureIn(await callTool(tool, id === undefined ? {} : { id }));
      assert.deepEqual(
        [failure.code, failure.place, failure.retryable],
        ['INVALID_FIELD', 'nodes.node.input.id', false],
      );
      assert.equal(server.seen.length, 0);
    });
  }
});

suite('schemas of a tool', () => {
  const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } };

  test('keep an input that does not fit from being sent', async () => {
    await using server = await serve(json(1));
    const tool = http({ method: 'POST', url: server.url });
    const failure = failureIn(await callTool(tool, { n: 'x' }, { inputSchema: schema }));
    assert.deepEqual([failure.code, failure.retryable], ['TOOL_INPUT_VIOLATION', false]);
    assert.match(failure.message, /\/n must be integer/);
    assert.equal(server.seen.length, 0);
  });

  test('refuse an output that does not fit, for good', async () => {
    await using server = await serve(json({}));
    const tool = http({ method: 'POST', url: server.url });
    const failure = failureIn(await callTool(tool, {}, { outputSchema: schema }));
    assert.deepEqual([failure.code, failure.retryable], ['TOOL_OUTPUT_VIOLATION', false]);
    assert.match(failure.message, /it must have required property 'n'/);
    assert.partialDeepStrictEqual(failure.details, { violations: [{ keyword: 'required' }] });
  });
});

suite('a tool that fails', () => {
  for (const [status, code, retryable] of [
    [500, 'TOOL_ERROR_STATUS', true],
    [503, 'TOOL_ERROR_STATUS', true],
    [429, 'TOOL_ERROR_STATUS', true],
    [404, 'TOOL_ERROR_STATUS', false],
    [302, 'TOOL_ERROR_STATUS', false],
    [502, 'TOOL_UNREACHABLE', true],
    [504, 'TOOL_UNREACHABLE', true],
  ] as const) {
    test(`with HTTP ${status}`, async () => {
      await using server = await serve((response) => {
        response.writeHead(status, { 'retry-after': '2', location: '/elsewhere' }).end('it says why');
      });
      const failure = failureIn(await callTool(http({ method: 'GET', url: server.url }), {}));
      assert.deepEqual([failure.code, failure.retryable], [code, retryable]);
      assert.match(failure.message, new RegExp(`${status}: it says why`));
      assert.equal(failure.retryAfter?.seconds, code === 'TOOL_ERROR_STATUS' && retryable ? 2n : undefined);
      assert.equal(server.seen.length, 1);
    });
  }

  for (const [what, body, code] of [
    ['text', 'hello', 'TOOL_PROTOCOL_VIOLATION'],
    ['half of JSON', '{"a":', 'TOOL_PROTOCOL_VIOLATION'],
    ['what is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'TOOL_PROTOCOL_VIOLATION'],
    ['too much', JSON.stringify('x'.repeat(1024 * 1024)), 'PAYLOAD_TOO_LARGE'],
  ] as const) {
    test(`by answering ${what}`, async () => {
      await using server = await serve((response) => response.end(body));
      const failure = failureIn(await callTool(http({ method: 'GET', url: server.url }), {}));
      assert.deepEqual([failure.code, failure.retryable], [code, false]);
    });
  }

  test('by not being there, or breaking off', async () => {
    const away = http({ method: 'GET', url: `http://127.0.0.1:${await freePort()}/` });
    const refused = failureIn(await callTool(away, {}));
    assert.deepEqual([refused.code, refused.retryable], ['SERVICE_UNAVAILABLE', true]);
    await using server = await serve((response) => response.destroy());
    const broken = failureIn(await callTool(http({ method: 'GET', url: server.url }), {}));
    assert.deepEqual([broken.code, broken.retryable], ['TOOL_UNREACHABLE', true]);
  });

  test('by not being registered', async () => {
    await using stage = await startStage();
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatch(call, {})));
    assert.deepEqual([failure.code, failure.retryable], ['TOOL_NOT_FOUND', false]);
  });
});

test('a tool that is a method fails as that method does', async () => {
  const kind: Kind = { case: 'rpc', value: { serviceId: 'stock', method: 'a.B/C' } };
  const failure = failureIn(await callTool(kind, {}));
  assert.deepEqual([failure.code, failure.retryable], ['SERVICE_NOT_FOUND', false]);
});
