/** Every rule is seen to hold for a worker that keeps it, and to be broken by one that does not. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkRules, type RuleReport } from '../rule.ts';
import { BrokenPoller, type PollerFault } from '../testing/broken-poller.ts';
import { POLLER_RULES } from './poller-rules.ts';
import { PollerSubject } from './poller-subject.ts';
import { PollingExecutor } from './polling-executor.ts';

/** Longer than a poll is held. */
const PATIENCE = { pollAgainMs: 1_500, answerMs: 1_500 } as const;

async function check(fault: PollerFault, id?: string, slowInput?: string): Promise<RuleReport[]> {
  await using executor = new PollingExecutor();
  await using _worker = new BrokenPoller(await executor.listen('127.0.0.1', 0), fault);
  const subject = new PollerSubject(executor, { ...PATIENCE, ...(slowInput === undefined ? {} : { slowInput }) });
  const rules = POLLER_RULES.filter((rule) => id === undefined || rule.id === id);
  return await Array.fromAsync(checkRules(rules, subject));
}

const FAULTS: readonly (readonly [rule: string, fault: PollerFault, seen: RegExp])[] = [
  ['names-itself', 'no card', /no card/],
  ['names-itself', 'asks for too many', /max_tasks is 1000/],
  ['polls-again', 'polls once', /no further poll/],
  ['polls-again', 'new id', /worker_id "[^"]+" after "/],
  ['answers-once', 'answers twice', /a task was completed, completed/],
  ['answers-once', 'does not answer', /a task without an end/],
  ['answers-once', 'strange code', /the code "not a code"/],
  ['repeats-lost-answers', 'says it once', /not made again/],
  ['repeats-lost-answers', 'says something else', /first completed .*1.*, then completed .*2/],
  ['bears-forgotten-tasks', 'dies of forgotten tasks', /not answered/],
  ['bears-absence', 'dies of absence', /it stopped polling/],
  ['keeps-lease', 'no heartbeats', /^0 heartbeats/],
  ['stops-when-cancelled', 'ignores cancels', /after it heartbeat/],
];

suite('workers that poll', { concurrency: true }, () => {
  test('one that does everything right keeps every rule', async () => {
    const reports = await check('nothing', undefined, 'slow');
    assert.deepEqual(
      reports.filter(({ verdict }) => verdict !== 'kept'),
      [],
    );
  });

  test('what is looked at with a slow input alone is named', async () => {
    const reports = await check('nothing');
    assert.deepEqual(
      reports.filter(({ verdict }) => verdict === 'skipped').map(({ rule }) => rule),
      ['poller/keeps-lease', 'poller/stops-when-cancelled'],
    );
  });

  for (const [rule, fault, seen] of FAULTS) {
    test(`${rule}: ${fault}`, async () => {
      const [report] = await check(fault, `poller/${rule}`, 'slow');
      assert.ok(report?.verdict === 'broken', JSON.stringify(report));
      assert.match(report.seen, seen);
    });
  }
});
