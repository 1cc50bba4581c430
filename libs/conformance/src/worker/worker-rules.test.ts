/** Every rule is seen to hold for a worker that keeps it, and to be broken by one that does not. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defineAgent, work } from '@skein/sdk';
import { checkRules, type RuleReport } from '../rule.ts';
import { BrokenWorker, type WorkerFault } from '../testing/broken-worker.ts';
import { FakeExecutor } from './fake-executor.ts';
import { WORKER_RULES } from './worker-rules.ts';
import { WorkerSubject } from './worker-subject.ts';

test('a worker of the SDK keeps every rule', async () => {
  await using executor = new FakeExecutor();
  const address = await executor.listen('127.0.0.1', 0);
  const agent = defineAgent<string>({ id: 'sample', version: '1.0.0', input: { type: 'string' } }, (input, ctx) => {
    ctx.delta('half');
    ctx.heartbeat({ done: 0.5 });
    return `${input} ${ctx.idempotencyKey}`;
  });
  const worker = work(agent, { api: `http://${address}`, closeOnSignals: false, log: () => {} });
  const subject = new WorkerSubject(executor, { stop: () => void worker.close() });
  const reports = await Array.fromAsync(checkRules(WORKER_RULES, subject));
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict !== 'kept'),
    [],
  );
  await worker.closed;
});

test('a port that nobody dials in to is said to be one', async () => {
  await using executor = new FakeExecutor();
  await executor.listen('127.0.0.1', 0);
  const [report] = await Array.fromAsync(
    checkRules(WORKER_RULES.slice(0, 1), new WorkerSubject(executor, { arrivalMs: 50 })),
  );
  assert.ok(report?.verdict === 'broken' && /no worker dialled in within 50 ms/.test(report.seen));
});

const FAULTS: readonly (readonly [rule: string, fault: WorkerFault, seen: RegExp])[] = [
  ['worker/registers', 'no card', /no card/],
  ['worker/grants-credits', 'one credit', /1 credits in all, with 1 tasks done/],
  ['worker/numbers-events', 'counts from 0', /events 0, 1/],
  ['worker/numbers-events', 'two results', /2 results, errors and questions among 2 events/],
  ['worker/stays-heard', 'silent', /silence for \d+ ms/],
  ['worker/comes-back', 'new id', /another worker_id/],
  ['worker/comes-back', 'no session', /skein-session "" instead of "conformance-1"/],
  ['worker/resumes', 'forgets what is not acknowledged', /does not name it/],
  ['worker/resumes', 'sends everything again', /after event 1 of 2 was heard, events 1/],
  ['worker/takes-over', 'works again', /first .*, then /],
  ['worker/forgets-acknowledged', 'keeps what is acknowledged', /names it/],
  ['worker/bears-cancels', 'dies of cancels', /the stream ended/],
  ['worker/drains', 'does not drain', /no drain/],
];

suite('a worker that breaks a rule is told which', { concurrency: true }, () => {
  for (const [id, fault, seen] of FAULTS) {
    test(`${id}: ${fault}`, async () => {
      const [report] = await withFault(id, fault);
      assert.ok(report?.verdict === 'broken', JSON.stringify(report));
      assert.match(report.seen, seen);
      const { verdict } = (await withFault(id, id === 'worker/stays-heard' ? 'new id' : 'silent'))[0] ?? {};
      assert.equal(verdict, 'kept', 'a worker without this fault keeps the rule');
    });
  }
});

async function withFault(id: string, fault: WorkerFault): Promise<RuleReport[]> {
  await using executor = new FakeExecutor();
  const address = await executor.listen('127.0.0.1', 0);
  await using worker = new BrokenWorker(address, fault);
  const subject = new WorkerSubject(executor, { stop: worker.stop });
  return await Array.fromAsync(
    checkRules(
      WORKER_RULES.filter((rule) => rule.id === id),
      subject,
    ),
  );
}
