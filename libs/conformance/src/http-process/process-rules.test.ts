/** Every rule is seen to hold for an agent that keeps it, and to be broken by one that does not. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { suite, test, type TestContext } from 'node:test';
import { checkRules } from '../rule.ts';
import { PROCESS_RULES } from './process-rules.ts';
import { ProcessSubject } from './process-subject.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

async function start(t: TestContext, handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    (async () => handler(request, response))().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const reply = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const good: Handler = async (request, response) => {
  if (request.url === '/health') return reply(response, 200, { status: 'healthy' });
  const body = await text(request);
  try {
    reply(response, 200, { output: (JSON.parse(body) as { input: { user_query: string } }).input.user_query.length });
  } catch {
    reply(response, 400, { error: { code: 'BAD_REQUEST', message: 'not JSON' } });
  }
};

async function check(address: string, rule?: string) {
  const rules = PROCESS_RULES.filter(({ id }) => rule === undefined || id === rule);
  return Array.fromAsync(checkRules(rules, new ProcessSubject({ address })));
}

test('an agent that does everything right keeps every rule', async (t) => {
  const reports = await check(await start(t, good));
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict !== 'kept'),
    [],
  );
});

let isSpoilt = false;
const FAULTS: readonly (readonly [rule: string, handler: Handler, seen: RegExp])[] = [
  ['answers-json', (_, response) => void response.end('hello'), /status 200, no content-type: hello/],
  ['answers-json', (_, response) => reply(response, 200, { answer: 1 }), /status 200, .*"answer":1/],
  ['health', (_, response) => reply(response, 503, {}), /status 503/],
  ['health', (_, response) => delay(1_100).then(() => reply(response, 200, {})), /it took 1\d\d\d ms/],
  ['refuses-garbage', (_, response) => reply(response, 500, {}), /status 500/],
  ['refuses-garbage', (_, response) => reply(response, 200, { output: 1 }), /status 200/],
  ['large-input', (_, response) => reply(response, 413, {}), /status 413/],
  [
    'survives-cut-calls',
    async (_, response) => {
      if (isSpoilt) return reply(response, 500, {});
      response.once('close', () => (isSpoilt = true));
      await delay(50);
      reply(response, 200, { output: 1 });
    },
    /status 500/,
  ],
];

suite('an agent that breaks a rule is told which', () => {
  for (const [rule, handler, seen] of FAULTS) {
    test(`${rule}: ${seen.source}`, async (t) => {
      const [report] = await check(await start(t, handler), `http-process/${rule}`);
      assert.ok(report?.verdict === 'broken', JSON.stringify(report));
      assert.match(report.seen, seen);
    });
  }

  test('an agent without /health is not blamed for it', async (t) => {
    const [report] = await check(await start(t, (_, response) => reply(response, 404, {})), 'http-process/health');
    assert.equal(report?.verdict, 'skipped');
  });
});
