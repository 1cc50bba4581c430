/** Every rule is seen to hold for an agent that keeps it, and to be broken by one that does not, in both dialects. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { checkRules } from '../rule.ts';
import { a2aHandler, inAnswer, taskIn, type A2aAgentParts, type RpcReply } from '../testing/a2a-agent.ts';
import { reply, startHttpAgent } from '../testing/http-agent.ts';
import { methodOf, type Operation, type RpcDialect } from './a2a-dialect.ts';
import { A2A_RULES } from './a2a-rules.ts';
import { A2aSubject } from './a2a-subject.ts';

async function check(address: string, rule?: string) {
  const rules = A2A_RULES.filter(({ id }) => rule === undefined || id === rule);
  return Array.fromAsync(checkRules(rules, new A2aSubject({ address })));
}

type Parts = Omit<A2aAgentParts, 'dialect'>;
type Fault = readonly [rule: string, seen: RegExp, parts: (dialect: RpcDialect) => Parts];

/** An agent that answers one operation otherwise. */
const answering =
  (operation: Operation, said: (dialect: RpcDialect) => RpcReply) =>
  (dialect: RpcDialect): Parts => ({
    answer: ({ method }) => (method === methodOf(dialect, operation) ? said(dialect) : undefined),
  });
const carded = (card: JsonObject) => (): Parts => ({ card });
const task = (state: string, id?: string) => (dialect: RpcDialect) => ({ result: taskIn(dialect, state, id) });
const sent = (state: string, id?: string) => (dialect: RpcDialect) => ({
  result: inAnswer(dialect, taskIn(dialect, state, id)),
});

let isSpoilt = false;
const FAULTS: readonly Fault[] = [
  ['card-valid', /there is no card/, () => ({ intercept: (_, response) => (reply(response, 404, {}), true) })],
  [
    'card-valid',
    /names no interface that is spoken here/,
    carded({ supportedInterfaces: [{ url: 'http://a', protocolBinding: 'SLIM' }] }),
  ],
  [
    'card-valid',
    /there is no name; there is no version; 1 skills without an id/,
    carded({ name: '', version: 7, skills: [{}] }),
  ],
  ['card-valid', /two skills of the same id/, carded({ skills: [{ id: 'a' }, { id: 'a' }] })],
  ['answers-message', /status 200, error -32603/, answering('send', () => ({ error: -32_603 }))],
  ['answers-message', /status 200: .*"result":\{"status":/, answering('send', () => ({ result: { status: 'ok' } }))],
  ['answers-message', /"state":"(?:TASK_STATE_BUSY|busy)"/, answering('send', sent('busy'))],
  ['answers-message', /"id":""/, answering('send', sent('working', ''))],
  ['comes-to-end', /it ended failed/, answering('get', task('failed'))],
  ['comes-to-end', /status 200, error -32001/, answering('get', () => ({ error: -32_001 }))],
  ['streams', /status 200, error -32004/, answering('stream', () => ({ error: -32_004 }))],
  [
    'streams',
    /1 events, the last a task/,
    answering('stream', (dialect) => ({ events: [inAnswer(dialect, taskIn(dialect, 'working'))] })),
  ],
  ['streams', /status 200: data/, answering('stream', () => ({ events: [{ text: 'hello' }] }))],
  ['unknown-task', /status 200: .*"result"/, answering('get', task('completed'))],
  ['cancel-unknown-task', /status 200: .*"result"/, answering('cancel', task('canceled'))],
  [
    'unknown-method',
    /error -32603/,
    () => ({ answer: ({ method }) => (method.includes('NoSuch') ? { error: -32_603 } : undefined) }),
  ],
  [
    'refuses-garbage',
    /status 500/,
    () => ({ intercept: ({ method }, response) => method === 'POST' && (reply(response, 500, {}), true) }),
  ],
  [
    'survives-cut-calls',
    /status 500/,
    () => ({
      intercept({ method }, response) {
        if (method !== 'POST') return false;
        if (isSpoilt) reply(response, 500, {});
        response.once('close', () => (isSpoilt = true));
        return true;
      },
    }),
  ],
];

for (const dialect of ['1.0', '0.3'] as const) {
  suite(`A2A ${dialect}`, () => {
    test('an agent that does everything right keeps every rule', async (t) => {
      const reports = await check(await startHttpAgent(t, a2aHandler({ dialect })));
      assert.deepEqual(
        reports.filter(({ verdict }) => verdict !== 'kept'),
        [],
      );
    });

    for (const [rule, seen, parts] of FAULTS) {
      test(`${rule}: ${seen.source}`, async (t) => {
        isSpoilt = false;
        const address = await startHttpAgent(t, a2aHandler({ dialect, ...parts(dialect) }));
        const [report] = await check(address, `a2a/${rule}`);
        assert.ok(report?.verdict === 'broken', JSON.stringify(report));
        assert.match(report.seen, seen);
      });
    }
  });
}

test('an agent that speaks in another way has its card looked at alone', async (t) => {
  const supportedInterfaces = [{ url: '127.0.0.1:1', protocolBinding: 'GRPC', protocolVersion: '1.0' }];
  const reports = await check(await startHttpAgent(t, a2aHandler({ dialect: '1.0', card: { supportedInterfaces } })));
  assert.deepEqual(
    reports.map(({ verdict }) => verdict),
    A2A_RULES.map((_, at) => (at === 0 ? 'kept' : 'skipped')),
  );
});
