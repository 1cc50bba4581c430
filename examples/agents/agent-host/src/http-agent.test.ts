import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startHttpAgent, type HttpTask } from './http-agent.ts';
import { MAX_BODY_BYTES } from './json-body.ts';

type Handler = (task: HttpTask) => Promise<void> | void;

async function start(t: TestContext, handler: Handler, failures: unknown[] = []) {
  const agent = await startHttpAgent({
    host: '127.0.0.1',
    port: 0,
    health: { status: 'healthy' },
    routes: { '/answer': handler },
    onFailure: (error) => failures.push(error),
  });
  t.after(() => agent.close());
  return `http://${agent.address}`;
}

const echo: Handler = ({ body, reply }) => reply({ body });

async function post(url: string, body: string | Buffer | ReadableStream, type = 'application/json') {
  const init = { method: 'POST', headers: { 'content-type': type }, body, duplex: 'half' } as const;
  const response = await fetch(`${url}/answer`, init);
  return { status: response.status, body: (await response.json()) as { error?: { code: string; message: string } } };
}

test('a JSON object is answered with JSON', async (t) => {
  const url = await start(t, echo);
  assert.deepEqual(await post(url, '{"a":[1]}'), { status: 200, body: { body: { a: [1] } } });
});

test('health is a page of its own', async (t) => {
  const url = await start(t, echo);
  assert.deepEqual(await (await fetch(`${url}/health`)).json(), { status: 'healthy' });
});

const REFUSED = [
  ['garbage', '{"a":', 'application/json', 400, 'INVALID_JSON'],
  ['an empty body', '', 'application/json', 400, 'INVALID_JSON'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400, 'INVALID_JSON'],
  ['JSON that is no object', '[1]', 'application/json', 400, 'INVALID_REQUEST'],
  ['another content type', 'a=1', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['an oversize body', ' '.repeat(MAX_BODY_BYTES + 1), 'application/json', 413, 'BODY_TOO_LARGE'],
] as const;

for (const [what, body, type, status, code] of REFUSED) {
  test(`${what} is refused with ${status} and a JSON error`, async (t) => {
    const answer = await post(await start(t, echo), body, type);
    assert.equal(answer.status, status);
    assert.equal(answer.body.error?.code, code);
  });
}

test('an oversize body of unannounced length is refused too', async (t) => {
  const url = await start(t, echo);
  const chunk = new Uint8Array(1024 * 1024).fill(32);
  let left = MAX_BODY_BYTES / chunk.length + 1;
  const body = new ReadableStream({
    pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
  });
  assert.equal((await post(url, body)).status, 413);
});

test('unknown paths and wrong methods say what is right', async (t) => {
  const url = await start(t, echo);
  const nowhere = await fetch(`${url}/nowhere`);
  assert.equal(nowhere.status, 404);
  assert.match(await nowhere.text(), /GET \/health and POST \/answer/);
  const wrong = await fetch(`${url}/answer`);
  assert.deepEqual([wrong.status, wrong.headers.get('allow')], [405, 'POST']);
  await wrong.body?.cancel();
});

test('a handler that fails is a 500 without its secrets, and is reported', async (t) => {
  const failures: unknown[] = [];
  const url = await start(t, () => Promise.reject(new Error('secret')), failures);
  const { status, body } = await post(url, '{}');
  assert.equal(status, 500);
  assert.doesNotMatch(JSON.stringify(body), /secret/);
  assert.equal(failures.length, 1);
});

test('a handler learns that its client went away', async (t) => {
  const begun = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const url = await start(t, async ({ signal }) => {
    signal.addEventListener('abort', () => gone.resolve());
    begun.resolve();
    await gone.promise;
  });
  const client = new AbortController();
  const call = fetch(`${url}/answer`, {
    method: 'POST',
    body: '{}',
    signal: client.signal,
    headers: { 'content-type': 'application/json' },
  });
  await begun.promise;
  client.abort();
  await assert.rejects(call);
  await gone.promise;
});

test('events arrive one by one, and a failure cuts the stream', async (t) => {
  const failures: unknown[] = [];
  const arrived = Promise.withResolvers<void>();
  const url = await start(
    t,
    async ({ stream }) => {
      const events = stream();
      await events.send('delta', { text: 'a\nb' });
      await arrived.promise;
      throw new Error('broken');
    },
    failures,
  );
  const response = await fetch(`${url}/answer`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const received: string[] = [];
  await assert.rejects(async () => {
    for await (const chunk of (response.body ?? assert.fail()).pipeThrough(new TextDecoderStream())) {
      received.push(chunk);
      arrived.resolve();
    }
  });
  assert.equal(received.join(''), 'event: delta\ndata: {"text":"a\\nb"}\n\n');
  assert.equal(failures.length, 1);
});
