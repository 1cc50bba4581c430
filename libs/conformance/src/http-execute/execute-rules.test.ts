/** Every rule is seen to hold for an agent that keeps it, and to be broken by one that does not. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { json } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { checkRules } from '../rule.ts';
import { reply, startHttpAgent, type HttpHandler } from '../testing/http-agent.ts';
import { EXECUTE_RULES } from './execute-rules.ts';
import { ExecuteSubject, type ExecuteSubjectOptions } from './execute-subject.ts';

interface Task {
  readonly id?: string;
  readonly type: string;
  readonly payload: string;
}

/** An agent that answers every task, and knows what is none. */
const agent =
  (answer: (task: Task) => object): HttpHandler =>
  async (request, response) => {
    if (request.url === '/health') return reply(response, 200, { status: 'healthy' });
    const task = (await json(request).catch(() => undefined)) as Task | undefined;
    if (task === undefined) return reply(response, 400, { success: false, error: 'not JSON' });
    reply(response, 200, answer(task));
  };

const UNKNOWN = { success: false, error: { code: 'X', message: 'Unknown task type' } };
const good = agent(({ type, payload }) => (type === 'count' ? { success: true, data: payload.length } : UNKNOWN));

async function check(options: ExecuteSubjectOptions, rule?: string) {
  const rules = EXECUTE_RULES.filter(({ id }) => rule === undefined || id === rule);
  return Array.fromAsync(checkRules(rules, new ExecuteSubject({ taskType: 'count', ...options })));
}

test('an agent that does everything right keeps every rule', async (t) => {
  const reports = await check({ address: await startHttpAgent(t, good) });
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict !== 'kept'),
    [],
  );
});

test('the type is that of an input which has one', async (t) => {
  const address = await startHttpAgent(t, good);
  const subject = new ExecuteSubject({ address, input: { type: 'count', payload: 'four' } });
  assert.deepEqual((await subject.ask()).body, { success: true, data: 4 });
  assert.equal((await new ExecuteSubject({ address }).ask()).body?.['success'], false);
});

let isSpoilt = false;
const FAULTS: readonly (readonly [rule: string, handler: HttpHandler, seen: RegExp])[] = [
  [
    'answers-full-form',
    agent(({ id }) => (id === undefined ? { success: true } : { success: false, error: 'strict' })),
    /strict/,
  ],
  ['answers-full-form', agent(() => ({ data: 1 })), /status 200, .*"data":1/],
  ['answers-full-form', (_, response) => void response.end('{"success": true}'), /no content-type/],
  ['answers-minimal-form', agent(({ id }) => ({ success: id !== undefined, error: 'no id' })), /no id/],
  ['unknown-type', agent(() => ({ success: true, data: null })), /"success":true/],
  ['unknown-type', agent(() => ({ success: false, error: 'oops' })), /oops/],
  ['unknown-type', (_, response) => reply(response, 500, { error: 'Unknown task type' }), /status 500/],
  ['health', (_, response) => reply(response, 503, {}), /status 503/],
  ['refuses-garbage', (_, response) => reply(response, 200, { success: true }), /status 200/],
  ['large-input', (_, response) => reply(response, 413, {}), /status 413/],
  [
    'survives-cut-calls',
    async (_, response) => {
      if (isSpoilt) return reply(response, 500, {});
      response.once('close', () => (isSpoilt = true));
      await delay(50);
      reply(response, 200, { success: true });
    },
    /status 500/,
  ],
];

suite('an agent that breaks a rule is told which', () => {
  for (const [rule, handler, seen] of FAULTS) {
    test(`${rule}: ${seen.source}`, async (t) => {
      const [report] = await check({ address: await startHttpAgent(t, handler) }, `http-execute/${rule}`);
      assert.ok(report?.verdict === 'broken', JSON.stringify(report));
      assert.match(report.seen, seen);
    });
  }
});
