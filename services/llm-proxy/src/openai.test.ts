/** The OpenAI-compatible provider, against an upstream on a real socket. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code } from '@connectrpc/connect';
import { Secret } from '@skein/config';
import { OutputCheck, Role } from '@skein/contracts/llm';
import type { JsonObject } from '@bufbuild/protobuf';
import { describeError, type ErrorDescription } from '@skein/rpc';
import { eventually, freePort } from '@skein/testkit';
import { pino } from 'pino';
import {
  beginStream,
  endStream,
  fakeOpenAi,
  sendChunk,
  sendError,
  sendText,
  streamAnswer,
  type UpstreamCall,
} from './testing/fake-openai.ts';
import { llmRig, TRANSPORTS, type RigOptions } from './testing/llm-rig.ts';

const KEY = 'sk-very-secret';
const MODEL = 'openai/gpt-test';

interface SpecPart {
  readonly model?: string;
  readonly outputSchema?: JsonObject;
  readonly outputCheck?: OutputCheck;
  readonly maxTokens?: number;
  readonly timeout?: { readonly nanos: number };
}

async function rigWith(answer: (call: UpstreamCall) => void | Promise<void>, options: RigOptions = {}) {
  await using cleanup = new AsyncDisposableStack();
  const upstream = cleanup.use(await fakeOpenAi(answer));
  const openai = { baseUrl: upstream.baseUrl, apiKey: new Secret(KEY), models: ['gpt-test', 'gpt-new'] };
  const rig = cleanup.use(await llmRig({ providers: { openai }, ...options }));
  const stopping = cleanup.move();
  const ask = (spec: SpecPart = {}, idempotencyKey = '') =>
    rig.client.complete({
      spec: { model: MODEL, messages: [{ role: Role.USER, content: 'hi' }], ...spec },
      idempotencyKey,
    });
  return { ...rig, upstream, ask, [Symbol.asyncDispose]: () => stopping[Symbol.asyncDispose]() };
}

const failure = async (call: Promise<unknown>): Promise<ErrorDescription> =>
  call.then(
    () => assert.fail('the call did not fail'),
    (error: unknown) => describeError(error),
  );

for (const transport of TRANSPORTS) {
  test(`text is passed through as it comes (${transport})`, async () => {
    const more = Promise.withResolvers<void>();
    await using rig = await rigWith(
      async ({ response }) => {
        beginStream(response);
        sendText(response, 'Hel', 'lo ');
        await more.promise;
        sendText(response, 'wörld 🌍');
        endStream(response);
      },
      { transport },
    );
    const spec = {
      model: MODEL,
      messages: [
        { role: Role.SYSTEM, content: 'be brief' },
        { role: Role.USER, content: 'hi' },
      ],
    };
    let text = '';
    for await (const { event } of rig.client.streamComplete({
      spec: { ...spec, temperature: 0.5, maxTokens: 9, seed: 4n },
    })) {
      if (event.case === 'delta') {
        text += event.value;
        if (text === 'Hello ') more.resolve();
        continue;
      }
      assert.equal(event.case, 'completion');
      const { inputTokens, outputTokens, finishReason, model } = event.value;
      assert.deepEqual([inputTokens, outputTokens, finishReason, model], [11n, 7n, 'stop', MODEL]);
      assert.equal(event.value.text, text);
    }
    assert.equal(text, 'Hello wörld 🌍');
    const [call] = rig.upstream.calls;
    assert.equal(call?.headers.authorization, `Bearer ${KEY}`);
    assert.deepEqual(call.body, {
      model: 'gpt-test',
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'hi' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.5,
      max_tokens: 9,
      seed: 4,
    });
  });
}

test('a schema is asked for, and an answer that breaks it is none', async () => {
  const answers = ['{"n": "x", "m": 1}', '{"n": 4', '{"n": 4}'];
  await using rig = await rigWith(({ response }) => streamAnswer(response, answers.shift() ?? ''));
  const outputSchema = { type: 'object', properties: { n: { type: 'integer' } }, additionalProperties: false };
  const wrong = await failure(rig.ask({ outputSchema }, 'key'));
  assert.equal(wrong.reason, 'OUTPUT_SCHEMA_VIOLATION');
  assert.deepEqual(
    wrong.violations.map(({ field, reason }) => [field, reason]),
    [
      ['completion.text', 'ADDITIONAL_PROPERTIES'],
      ['completion.text.n', 'TYPE'],
    ],
  );
  assert.equal((await failure(rig.ask({ outputSchema }, 'key'))).reason, 'OUTPUT_SCHEMA_VIOLATION');
  const right = await rig.ask({ outputSchema }, 'key');
  assert.equal(right.completion?.text, '{"n": 4}');
  assert.equal(right.completion.replayed, false);
  assert.deepEqual(rig.upstream.calls[0]?.body['response_format'], {
    type: 'json_schema',
    json_schema: { name: 'output', schema: outputSchema },
  });
});

test('whoever checks answers himself gets and keeps one that breaks the schema; whoever does not is told', async () => {
  const answers = ['{"n": "x"}', 'Here:\n```json\n{"n": 4}\n```'];
  await using rig = await rigWith(({ response }) => streamAnswer(response, answers.shift() ?? ''));
  const outputSchema = { type: 'object', properties: { n: { type: 'integer' } } };
  const unchecked = { outputSchema, outputCheck: OutputCheck.CALLER };
  for (const replayed of [false, true]) {
    const { completion } = await rig.ask(unchecked, 'key');
    assert.deepEqual([completion?.text, completion?.replayed], ['{"n": "x"}', replayed]);
  }
  assert.equal((await failure(rig.ask({ outputSchema }, 'key'))).reason, 'OUTPUT_SCHEMA_VIOLATION');
  assert.equal(rig.upstream.calls.length, 1, 'it was bought once');
  const fenced = await rig.ask({ outputSchema }, 'another');
  assert.deepEqual(JSON.parse(fenced.completion?.text ?? ''), { n: 4 }, 'the JSON in it alone');
});

test('where any JSON will do, the upstream is asked for an object of JSON', async () => {
  await using rig = await rigWith(({ response }) => streamAnswer(response, '{}'));
  await rig.ask({ outputSchema: {} });
  assert.deepEqual(rig.upstream.calls[0]?.body['response_format'], { type: 'json_object' });
});

test('errors of the upstream say whether and when to ask again', async () => {
  const date = new Date(Date.now() + 90_000).toUTCString();
  const cases = [
    { status: 429, headers: { 'retry-after': '7' }, retryable: true, afterMs: 7000 },
    { status: 503, headers: { 'retry-after': date }, retryable: true, afterMs: 90_000 },
    { status: 429, headers: { 'retry-after-ms': '250' }, retryable: true, afterMs: 250 },
    { status: 500, headers: {}, retryable: true, afterMs: undefined },
    { status: 400, headers: { 'retry-after': '7' }, retryable: false, afterMs: undefined },
    { status: 404, headers: {}, retryable: false, afterMs: undefined },
  ];
  const queue = [...cases];
  await using rig = await rigWith(({ response }) => {
    const next = queue.shift();
    sendError(response, next?.status ?? 500, { message: 'the reason' }, next?.headers);
  });
  for (const { status, retryable, afterMs } of cases) {
    const { reason, code, message, retryAfterMs, place } = await failure(rig.ask());
    assert.equal(reason, 'PROVIDER_ERROR');
    assert.equal(code, retryable ? Code.Unavailable : Code.FailedPrecondition, `${status}`);
    assert.equal(message, `${MODEL} answers ${status}: the reason`);
    assert.equal(place, MODEL);
    if (afterMs === undefined) assert.equal(retryAfterMs, undefined);
    else assert.ok(Math.abs((retryAfterMs ?? 0) - afterMs) <= 2000, `${retryAfterMs} is not near ${afterMs}`);
  }
});

test('a budget that is used up is not waited for', async () => {
  await using rig = await rigWith(({ response }) =>
    sendError(
      response,
      429,
      { message: 'You exceeded your current quota', code: 'insufficient_quota' },
      { 'retry-after': '1' },
    ),
  );
  const { code, retryAfterMs, remedy } = await failure(rig.ask());
  assert.deepEqual(
    [code, retryAfterMs, remedy],
    [Code.FailedPrecondition, undefined, 'raise the budget at the upstream'],
  );
});

test('the key is in no error and in no log line', async () => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const answer = ({ response }: UpstreamCall) =>
    sendError(response, 401, { message: `Incorrect API key provided: ${KEY}` });
  await using rig = await rigWith(answer, { logger });
  const { message, remedy } = await failure(rig.ask());
  assert.match(message, /Incorrect API key provided: \[secret\]$/);
  assert.equal(remedy, 'check SKEIN_OPENAI_API_KEY');
  assert.ok(lines.length > 0);
  assert.ok(!lines.join('').includes(KEY));
});

const BROKEN: Readonly<Record<string, (call: UpstreamCall) => void>> = {
  'a connection that breaks': ({ response }) => {
    beginStream(response);
    sendText(response, 'half');
    setImmediate(() => response.destroy());
  },
  'a stream that ends early': ({ response }) => {
    beginStream(response);
    sendText(response, 'half');
    response.end();
  },
  'a chunk that is no JSON': ({ response }) => {
    beginStream(response);
    response.end('data: {"choices": [\n\ndata: [DONE]\n\n');
  },
  'a page instead of a stream': ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>502</html>');
  },
  'an error within the stream': ({ response }) => {
    beginStream(response);
    sendText(response, 'half');
    sendChunk(response, { error: { message: 'The server had an error', type: 'server_error' } });
    response.end();
  },
};

for (const [name, answer] of Object.entries(BROKEN)) {
  test(`no answer, but one to ask again for: ${name}`, async () => {
    await using rig = await rigWith(answer);
    const { reason, code } = await failure(rig.ask({}, 'key'));
    assert.deepEqual([reason, code], ['PROVIDER_ERROR', Code.Unavailable]);
  });
}

test('an upstream that is not there is a retryable failure', async () => {
  const openai = { baseUrl: `http://127.0.0.1:${await freePort()}/v1`, apiKey: undefined, models: ['gpt-test'] };
  await using rig = await llmRig({ providers: { openai } });
  const spec = { model: MODEL, messages: [{ role: Role.USER, content: 'hi' }] };
  const { reason, code } = await failure(rig.client.complete({ spec }));
  assert.deepEqual([reason, code], ['PROVIDER_ERROR', Code.Unavailable]);
});

test('a server that does not stream is understood', async () => {
  await using rig = await rigWith(({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const choices = [{ index: 0, message: { role: 'assistant', content: 'at once' }, finish_reason: 'length' }];
    response.end(JSON.stringify({ choices, usage: { prompt_tokens: 1, completion_tokens: 2 } }));
  });
  const { completion } = await rig.ask();
  assert.deepEqual([completion?.text, completion?.finishReason, completion?.outputTokens], ['at once', 'length', 2n]);
});

test('a model that knows only the newer name of max_tokens gets it', async () => {
  await using rig = await rigWith(({ body, response }) => {
    if (!('max_tokens' in body)) return streamAnswer(response, 'fine');
    sendError(response, 400, {
      message: 'Use max_completion_tokens',
      param: 'max_tokens',
      code: 'unsupported_parameter',
    });
  });
  const spec = { model: 'openai/gpt-new', maxTokens: 5 };
  assert.equal((await rig.ask(spec)).completion?.text, 'fine');
  assert.equal((await rig.ask(spec)).completion?.text, 'fine');
  assert.deepEqual(
    rig.upstream.calls.map(({ body }) => body['max_completion_tokens']),
    [undefined, 5, 5],
  );
});

for (const transport of TRANSPORTS) {
  test(`a call that takes too long ends, and the upstream hears of it (${transport})`, async () => {
    await using rig = await rigWith(({ response }) => beginStream(response), { transport });
    const { reason, code } = await failure(rig.ask({ timeout: { nanos: 50_000_000 } }));
    assert.deepEqual([reason, code], ['TIMEOUT', Code.DeadlineExceeded]);
    await eventually(() => rig.upstream.calls[0]?.aborted, { describe: 'the upstream call to be cut' });
  });

  test(`cancelling a call cancels it upstream (${transport})`, async () => {
    const begun = Promise.withResolvers<void>();
    const answer = ({ response }: UpstreamCall) => {
      beginStream(response);
      sendText(response, 'so far');
      begun.resolve();
    };
    await using rig = await rigWith(answer, { transport });
    const over = new AbortController();
    const spec = { model: MODEL, messages: [{ role: Role.USER, content: 'hi' }] };
    const calling = failure(rig.client.complete({ spec }, { signal: over.signal }));
    await begun.promise;
    over.abort();
    assert.equal((await calling).code, Code.Canceled);
    await eventually(() => rig.upstream.calls[0]?.aborted, { describe: 'the upstream call to be cut' });
  });
}
