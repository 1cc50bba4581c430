import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { checkRules, INVOKE_RULES, InvokeSubject } from '@skein/conformance';
import type { JsonValue } from '@skein/example-agent-host';
import { startTestAgent } from '@skein/example-agent-host/testing';

async function start(t: TestContext, intervalMs = 0) {
  const agent = await startTestAgent(t, {
    args: [new URL('main.ts', import.meta.url)],
    env: { ...process.env, DELTA_INTERVAL_MS: String(intervalMs) },
  });
  const invoke = (body: JsonValue, signal?: AbortSignal) =>
    fetch(`http://${agent.address}/invoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  return { agent, invoke };
}

interface ServerEvent {
  readonly event: string;
  readonly data: {
    readonly text?: string;
    readonly state?: string;
    readonly detail?: string;
    readonly final_message?: string;
    readonly usage?: Readonly<Record<string, number>>;
    readonly run_id?: string;
  };
}

async function* eventsOf(response: Response): AsyncGenerator<ServerEvent> {
  let pending = '';
  for await (const chunk of (response.body ?? assert.fail('no body')).pipeThrough(new TextDecoderStream())) {
    const blocks = (pending + chunk).split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? assert.fail(block);
      yield { event, data: JSON.parse(data) as ServerEvent['data'] };
    }
  }
  assert.equal(pending, '');
}

async function allEvents(response: Response): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of eventsOf(response)) events.push(event);
  return events;
}

const message = (content: string) => ({ role: 'user', content });

test('an answer comes as states, then word by word, then whole', async (t) => {
  const { invoke } = await start(t);
  const ticket = { subject: 'Kein WLAN', text: 'Die Verbindung ist weg 😕, Fehler 504', customer: { name: 'Jürgen' } };
  const response = await invoke({
    run_id: 'run-1',
    input_message: message(JSON.stringify({ category: 'technical', ticket })),
  });
  const events = await allEvents(response);
  assert.deepEqual([...new Set(events.map(({ event }) => event))], ['state', 'delta', 'done']);
  assert.ok(events.every(({ data }) => data['run_id'] === 'run-1'));

  const deltas = events.filter(({ event }) => event === 'delta').map(({ data }) => data['text']);
  const { final_message: answer = '', usage = {} } = events.at(-1)?.data ?? {};
  assert.equal(deltas.join(''), answer);
  assert.match(answer, /^Guten Tag Jürgen,[^]*Fehler 504/);
  const { duration_ms: durationMs, ...tokens } = usage;
  assert.ok(Number(durationMs) >= 0);
  assert.deepEqual(tokens, {
    tokens: 9 + deltas.length,
    total_tokens: 9 + deltas.length,
    prompt_tokens: 9,
    completion_tokens: deltas.length,
  });
});

test('the text may stand in a plain message, a context or the conversation', async (t) => {
  const { invoke } = await start(t);
  const bodies = [
    { input_message: message('the app crashes') },
    { context: { ticket: { text: 'the app crashes' } } },
    { messages: [message('hello'), message('the app crashes')] },
    { input: 'the app crashes' },
  ];
  for (const body of bodies) {
    const events = await allEvents(await invoke(body));
    assert.equal(events.at(-1)?.event, 'done');
    assert.equal(events[1]?.data['detail'], 'crash: 5 steps');
  }
});

test('without a text to work on the stream ends with an error', async (t) => {
  const { invoke } = await start(t);
  const events = await allEvents(await invoke({ run_id: 'run-1' }));
  assert.deepEqual(events, [
    {
      event: 'error',
      data: {
        code: 'INVALID_INPUT',
        message: 'there is no text to work on: give `input_message.content`',
        run_id: 'run-1',
      },
    },
  ]);
});

test('a malformed request is refused before a stream begins', async (t) => {
  const { invoke } = await start(t);
  for (const body of [{ run_id: 1 }, { input_message: 'hi' }, { messages: {} }]) {
    const response = await invoke(body);
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { error: { code: string } }).error.code, 'INVALID_REQUEST');
  }
});

test('the agent stops when its client disconnects, and serves the next one', async (t) => {
  const { agent, invoke } = await start(t, 60_000);
  const client = new AbortController();
  const response = await invoke({ run_id: 'run-1', input_message: message('the app crashes') }, client.signal);
  await assert.rejects(async () => {
    for await (const { data } of eventsOf(response)) if (data['state'] === 'answering') client.abort();
  });
  await agent.process.waitFor(/^stopped run-1: nobody reads any more$/m);
  assert.equal((await fetch(`http://${agent.address}/health`)).status, 200);
});

test('an agent that is told to end cuts what would last too long', async (t) => {
  const { agent, invoke } = await start(t, 60_000);
  const response = await invoke({ input_message: message('the app crashes') });
  agent.process.kill('SIGTERM');
  await assert.rejects(allEvents(response));
  assert.deepEqual(await agent.process.exited, { code: 0, signal: null });
});

test('every rule of the protocol is kept', async (t) => {
  const agent = await startTestAgent(t, {
    args: [new URL('main.ts', import.meta.url)],
    env: { ...process.env, DELTA_INTERVAL_MS: '0' },
  });
  const subject = new InvokeSubject({ address: `http://${agent.address}`, input: 'The app crashes when I print' });
  const reports = await Array.fromAsync(checkRules(INVOKE_RULES, subject));
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict !== 'kept'),
    [],
  );
});
