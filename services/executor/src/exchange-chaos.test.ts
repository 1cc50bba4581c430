/** Streams that break at any moment: every task is reported, with all its text, and worked on once. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { TaskRef } from '@skein/contracts/scheduler';
import { eventually, withSeed, type SeededRandom } from '@skein/testkit';
import type { AgentFunctionCall } from './app/agent-function.ts';
import { outputOf, startStage, TRANSPORTS, type Stage } from './testing/executor-stage.ts';

const TASKS = 120;
const BREAKS = 6;
const CONCURRENCY = 16;

const turn = () => new Promise((resolve) => setImmediate(resolve));

suite('streams that break at any moment', { concurrency: true }, () => {
  for (const transport of TRANSPORTS) {
    test(`over ${transport}`, () =>
      withSeed(async (random) => {
        const calls = new Map<string, number>();
        let atOnce = 0;
        let most = 0;
        const work = async ({ idempotencyKey, input, delta }: AgentFunctionCall) => {
          calls.set(idempotencyKey, (calls.get(idempotencyKey) ?? 0) + 1);
          most = Math.max(most, ++atOnce);
          for (let n = random.integer(0, 20); n > 0; n -= 1) await turn();
          delta(`first ${JSON.stringify(input)}, `);
          for (let n = random.integer(0, 20); n > 0; n -= 1) await turn();
          delta('then done');
          atOnce -= 1;
          return input;
        };
        await using stage = await startStage({
          transport,
          functions: { work },
          env: { SKEIN_EXECUTOR_CONCURRENCY: String(CONCURRENCY) },
        });
        const newest = new Map<string, TaskRef>();
        for (let n = 0; n < TASKS; n += 1) {
          const ref = stage.scheduler.dispatchAgent('work', n);
          newest.set(ref.runId, ref);
        }
        for (let n = 1; n <= BREAKS; n += 1) await breakOnce(stage, random, newest, n);
        for (const [runId, ref] of newest) {
          const report = await eventually(() => stage.scheduler.outcomesOf(ref)[0], {
            describe: `the end of ${runId}`,
          });
          const input = Number(runId.slice('run-'.length)) - 1;
          assert.equal(outputOf(report), input);
          assert.equal(stage.eventLog.textOf(report.ref ?? ref), `first ${input}, then done`);
          assert.equal(calls.get(`${runId}/node/1`), 1);
        }
        assert.ok(most <= CONCURRENCY, `${most} at once`);
        await eventually(() => stage.scheduler.session.credits === CONCURRENCY, { describe: 'all credits' });
      }));
  }
});

/** Breaks the stream, and delivers anew what was out and is not reported, as a scheduler does. */
async function breakOnce(stage: Stage, random: SeededRandom, newest: Map<string, TaskRef>, breaks: number) {
  const { scheduler } = stage;
  await scheduler.connected(breaks);
  for (let n = random.integer(0, 60); n > 0; n -= 1) await turn();
  scheduler.break();
  await scheduler.connected(breaks + 1);
  for (const [runId, ref] of newest) {
    if (!scheduler.wasSent(ref) || scheduler.outcomesOf(ref).length > 0) continue;
    const input = Number(runId.slice('run-'.length)) - 1;
    newest.set(runId, scheduler.dispatchAgent('work', input, { ref: { runId, dispatch: ref.dispatch + 1 } }));
  }
}
