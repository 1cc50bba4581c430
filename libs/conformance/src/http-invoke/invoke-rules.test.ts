/** Every rule is seen to hold for an agent that keeps it, and to be broken by one that does not. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { checkRules } from '../rule.ts';
import { reply, startHttpAgent, type HttpHandler } from '../testing/http-agent.ts';
import { INVOKE_RULES } from './invoke-rules.ts';
import { InvokeSubject } from './invoke-subject.ts';

const stream = (response: ServerResponse, ...events: readonly (readonly [event: string, data: unknown])[]): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [event, data] of events) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  response.end();
};

const good: HttpHandler = async (request, response) => {
  if (request.url === '/health') return reply(response, 200, { status: 'healthy' });
  const body = await text(request);
  try {
    const { content } = (JSON.parse(body) as { input_message: { content: string } }).input_message;
    stream(response, ['delta', { text: '…' }], ['other', 1], ['done', { final_message: String(content.length) }]);
  } catch {
    reply(response, 400, { error: { code: 'BAD_REQUEST', message: 'not JSON' } });
  }
};

async function check(address: string, rule?: string) {
  const rules = INVOKE_RULES.filter(({ id }) => rule === undefined || id === rule);
  return Array.fromAsync(checkRules(rules, new InvokeSubject({ address })));
}

test('an agent that does everything right keeps every rule', async (t) => {
  const reports = await check(await startHttpAgent(t, good));
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict !== 'kept'),
    [],
  );
});

let isSpoilt = false;
const DONE = ['done', { final_message: 'x' }] as const;
const FAULTS: readonly (readonly [rule: string, handler: HttpHandler, seen: RegExp])[] = [
  ['streams-events', (_, response) => reply(response, 200, { final_message: 'x' }), /status 200, application\/json/],
  ['streams-events', (_, response) => stream(response, ['delta', 'text'], DONE), /the data of event delta: "text"/],
  [
    'streams-events',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(
        Buffer.concat([Buffer.from('event: done\ndata: {"final_message":"'), Buffer.of(0xff), Buffer.from('"}\n\n')]),
      );
    },
    /not UTF-8/,
  ],
  ['ends-once', (_, response) => stream(response, ['delta', { text: 'x' }]), /events delta$/],
  ['ends-once', (_, response) => stream(response, DONE, DONE), /events done, done/],
  ['ends-once', (_, response) => stream(response, DONE, ['delta', { text: 'late' }]), /events done, delta/],
  [
    'ends-once',
    (_, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end('event: done\ndata: {}'),
    /events none/,
  ],
  ['takes-input', (_, response) => stream(response, ['error', { code: 'INVALID_INPUT' }]), /error: .*INVALID_INPUT/],
  ['takes-input', (_, response) => stream(response, ['done', { final_message: 7 }]), /final_message 7/],
  ['within-bounds', (_, response) => stream(response, ['error', { code: 'not a code' }]), /the code "not a code"/],
  [
    'within-bounds',
    (_, response) => stream(response, ['done', { final_message: 'x'.repeat(1024 * 1024 + 1) }]),
    /a final_message of 1048577 bytes/,
  ],
  [
    'within-bounds',
    (_, response) =>
      stream(response, ...Array.from({ length: 5 }, () => ['delta', { text: 'x'.repeat(1024 * 1024) }] as const), DONE),
    /5242880 bytes of deltas/,
  ],
  ['health', (_, response) => reply(response, 503, {}), /status 503/],
  ['refuses-garbage', (_, response) => stream(response, DONE), /status 200/],
  ['large-input', (_, response) => reply(response, 413, {}), /status 413/],
  ['large-input', (_, response) => stream(response), /status 200/],
  [
    'survives-cut-calls',
    async (_, response) => {
      if (isSpoilt) return reply(response, 500, {});
      response.once('close', () => (isSpoilt = true));
      await delay(50);
      stream(response, DONE);
    },
    /status 500/,
  ],
];

suite('an agent that breaks a rule is told which', () => {
  for (const [rule, handler, seen] of FAULTS) {
    test(`${rule}: ${seen.source}`, async (t) => {
      const [report] = await check(await startHttpAgent(t, handler), `http-invoke-sse/${rule}`);
      assert.ok(report?.verdict === 'broken', JSON.stringify(report));
      assert.match(report.seen, seen);
    });
  }
});
