import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answersOf, IDENTITY, RunWorld, seeded } from '../testing/run-world.ts';
import { randomWorkflow } from '../testing/random-workflow.ts';
import { compileWorkflow } from '../workflow/compile-plan.ts';
import type { HistoryEvent } from './history.ts';
import { replay } from './replay.ts';

const input = fc.record({ x: fc.integer({ min: 0, max: 4 }) });
const answers = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 });
const seed = fc.integer({ min: 1, max: 2 ** 31 - 2 });

test('every history of every graph replays on its own plan without a divergence, wherever it is cut', () => {
  fc.assert(
    fc.property(randomWorkflow({ confluent: false }), input, answers, seed, (definition, { x }, codes, from) => {
      const plan = compileWorkflow(definition);
      const answer = answersOf(codes);
      const child = (nodeId: string, index: number) => answer(nodeId, 1 + ((codes[index] ?? 0) % 3));
      const world = new RunWorld({ plan, input: { x }, answer, child, random: seeded(from), adverse: true });
      world.run();
      const history: HistoryEvent[] = world.history.map((entry, index) => ({ seq: index + 1, ...entry }));
      assert.deepEqual(replay(plan, IDENTITY, history), { divergences: [], eventCount: history.length });
      // An open run: cut where one transition ends and the next begins.
      const lastMs = history[Math.floor(history.length / 2)]?.occurredAtMs ?? 0;
      const open = history.filter(({ occurredAtMs }) => occurredAtMs <= lastMs);
      assert.deepEqual(replay(plan, IDENTITY, open).divergences, []);
    }),
    { numRuns: 300 },
  );
});
