/** Every rule is seen to hold for an agent that keeps it, and to be broken by one that does not. */
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { checkRules } from '../rule.ts';
import { reply, startHttpAgent, type HttpHandler } from '../testing/http-agent.ts';
import { PROCESS_RULES } from './process-rules.ts';
import { ProcessSubject } from './process-subject.ts';

const good: HttpHandler = async (request, response) => {
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
  const reports = await check(await startHttpAgent(t, good));
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict !== 'kept'),
    [],
  );
});

let isSpoilt = false;
const FAULTS: readonly (readonly [rule: string, handler: HttpHandler, seen: RegExp])[] = [
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
      const [report] = await check(await startHttpAgent(t, handler), `http-process/${rule}`);
      assert.ok(report?.verdict === 'broken', JSON.stringify(report));
      assert.match(report.seen, seen);
    });
  }

  test('an agent without /health is not blamed for it', async (t) => {
    const [report] = await check(
      await startHttpAgent(t, (_, response) => reply(response, 404, {})),
      'http-process/health',
    );
    assert.equal(report?.verdict, 'skipped');
  });
});
