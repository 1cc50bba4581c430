/** Every rule is seen to hold for an agent that keeps it, and to be broken by one that does not. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { suite, test } from 'node:test';
import { Code, ConnectError } from '@connectrpc/connect';
import { defineAgent, serve } from '@skein/sdk';
import { checkRules, type RuleReport } from '../rule.ts';
import { CARD, delta, failure, result, startAgent, type Faults } from '../testing/broken-agent.ts';
import { GRPC_RULES } from './grpc-rules.ts';
import { GrpcSubject, type GrpcSubjectOptions } from './grpc-subject.ts';

async function check(options: GrpcSubjectOptions, rule?: string): Promise<RuleReport[]> {
  using subject = new GrpcSubject(options);
  const rules = GRPC_RULES.filter(({ id }) => rule === undefined || id === rule);
  assert.ok(rules.length > 0, rule);
  return await Array.fromAsync(checkRules(rules, subject));
}

const verdicts = (reports: readonly RuleReport[], verdict: RuleReport['verdict']) =>
  reports.filter((report) => report.verdict === verdict);

test('an agent of the SDK keeps every rule', async () => {
  const agent = defineAgent<string>(
    { id: 'sample', version: '1.0.0', input: { type: 'string' } },
    async (input, { delta: say, signal }) => {
      say('…');
      if (input === 'slow') await delay(60_000, undefined, { signal });
      return input.length;
    },
  );
  await using served = await serve(agent, { closeOnSignals: false, log: () => {} });
  const reports = await check({ address: served.address, slowInput: 'slow', isIdempotent: true });
  assert.deepEqual(verdicts(reports, 'broken'), []);
  assert.deepEqual(verdicts(reports, 'skipped'), []);
});

test('an agent with a bare server keeps them too, and is told what was not looked at', async () => {
  await using agent = await startAgent();
  const reports = await check({ address: agent.address });
  assert.deepEqual(verdicts(reports, 'broken'), []);
  assert.deepEqual(
    verdicts(reports, 'skipped').map(({ rule }) => rule),
    ['grpc/same-key-same-answer', 'grpc/stops-when-told'],
  );
});

let calls = 0;
const FAULTS: readonly (readonly [rule: string, faults: Faults, seen: RegExp])[] = [
  ['grpc/card-valid', { getCard: () => ({}) }, /without a card/],
  [
    'grpc/card-valid',
    {
      getCard: () => ({
        card: {
          agentId: 'no id',
          version: 'one',
          skills: [{ skillId: '' }, { skillId: '', inputSchema: { type: 'strange' } }],
        },
      }),
    },
    /agent_id "no id".*version "one".*same skill_id.*input_schema/,
  ],
  ['grpc/card-quick', { getCard: () => ({ card: { ...CARD, version: `1.0.${(calls += 1)}` } }) }, /10 different cards/],
  [
    'grpc/card-quick',
    {
      async getCard() {
        await delay(1_100);
        return { card: CARD };
      },
    },
    /call 1 took 1\d\d\d ms/,
  ],
  ['grpc/ends-once', { async *invoke() {} }, /0 results, errors and questions; 0 events/],
  [
    'grpc/ends-once',
    {
      async *invoke() {
        yield result(1);
        yield result(2);
      },
    },
    /2 results, errors and questions/,
  ],
  [
    'grpc/ends-once',
    {
      async *invoke() {
        yield result(1);
        yield delta('late');
      },
    },
    /1 results, errors and questions; 2 events/,
  ],
  [
    'grpc/ends-once',
    {
      async *invoke() {
        yield {};
      },
    },
    /without an event/,
  ],
  [
    'grpc/ends-once',
    {
      async *invoke() {
        yield delta('…');
        throw new ConnectError('broken', Code.Internal);
      },
    },
    /ended with Internal: broken/,
  ],
  [
    'grpc/takes-input',
    {
      async *invoke() {
        yield failure('INVALID_INPUT');
      },
    },
    /for "text": error INVALID_INPUT/,
  ],
  [
    'grpc/within-bounds',
    {
      async *invoke() {
        yield delta('x'.repeat(300_000));
        yield result(1);
      },
    },
    /a delta of 300000 bytes/,
  ],
  [
    'grpc/within-bounds',
    {
      async *invoke() {
        yield result('x'.repeat(1_100_000));
      },
    },
    /an output of 1100002 bytes/,
  ],
  [
    'grpc/within-bounds',
    {
      async *invoke() {
        yield failure('not a code');
      },
    },
    /the error code "not a code"/,
  ],
  [
    'grpc/unknown-skill',
    {
      async *invoke() {
        yield result('whatever');
      },
    },
    /result "whatever"/,
  ],
  [
    'grpc/unknown-skill',
    {
      async *invoke() {
        yield failure('UNKNOWN_SKILL', true);
      },
    },
    /retryable true/,
  ],
  [
    'grpc/invalid-input',
    {
      async *invoke() {
        yield result('whatever');
      },
    },
    /for null: result "whatever"/,
  ],
  [
    'grpc/same-key-same-answer',
    {
      async *invoke() {
        yield result((calls += 1));
      },
    },
    /result \d+, and ended with OK \| result \d+/,
  ],
  [
    'grpc/cancel-idempotent',
    {
      cancel() {
        throw new ConnectError('what task?', Code.NotFound);
      },
    },
    /NotFound: what task/,
  ],
  [
    'grpc/stops-when-told',
    {
      async *invoke(_, { signal }) {
        await delay(30_000, undefined, { signal });
        yield result(1);
      },
    },
    /it goes on/,
  ],
  [
    'grpc/large-input',
    {
      async *invoke({ input }) {
        if (JSON.stringify(input).length > 100_000) throw new ConnectError('too large', Code.ResourceExhausted);
        yield result(1);
      },
    },
    /ResourceExhausted: too large/,
  ],
  [
    'grpc/ignores-unknown-fields',
    {
      async *invoke(request) {
        if (request.$unknown !== undefined) throw new ConnectError('what is this?', Code.InvalidArgument);
        yield result(1);
      },
    },
    /InvalidArgument: what is this/,
  ],
];

suite('an agent that breaks a rule is told which', () => {
  for (const [rule, faults, seen] of FAULTS) {
    test(`${rule}: ${seen.source}`, async () => {
      await using agent = await startAgent(faults);
      const [report] = await check({ address: agent.address, slowInput: 'slow', isIdempotent: true }, rule);
      assert.ok(report?.verdict === 'broken', JSON.stringify(report));
      assert.match(report.seen, seen);
      assert.notEqual(report.mend, '');
    });
  }

  test('grpc/survives-cut-calls: a call that is cut spoils the next', async () => {
    let isSpoilt = false;
    await using agent = await startAgent({
      async *invoke(_, { signal }) {
        if (isSpoilt) throw new ConnectError('spoilt', Code.Internal);
        try {
          await delay(5_000, undefined, { signal });
        } catch {
          isSpoilt = true;
        }
        yield result(1);
      },
    });
    const [report] = await check({ address: agent.address }, 'grpc/survives-cut-calls');
    assert.ok(report?.verdict === 'broken' && report.seen.includes('spoilt'), JSON.stringify(report));
  });

  test('grpc/answers-at-once: calls that share what should be apart', async () => {
    let atWork = 0;
    await using agent = await startAgent({
      async *invoke() {
        atWork += 1;
        await delay(50);
        const wasAlone = atWork === 1;
        atWork -= 1;
        if (!wasAlone) throw new ConnectError('one at a time', Code.Internal);
        yield result(1);
      },
    });
    const [report] = await check({ address: agent.address }, 'grpc/answers-at-once');
    assert.ok(report?.verdict === 'broken' && report.seen.includes('one at a time'), JSON.stringify(report));
  });

  test('grpc/health: a server that does not serve the agent contract', async () => {
    await using agent = await startAgent();
    agent.health.setAll('NOT_SERVING');
    const [report] = await check({ address: agent.address }, 'grpc/health');
    assert.ok(report?.verdict === 'broken' && report.seen === 'status 2', JSON.stringify(report));
  });

  test('an agent that is not there breaks what is looked at, with its address in the words', async () => {
    const [report] = await check({ address: '127.0.0.1:1' }, 'grpc/card-valid');
    assert.ok(report?.verdict === 'broken' && report.seen.includes('127.0.0.1:1'), JSON.stringify(report));
  });
});
