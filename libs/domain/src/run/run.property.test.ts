import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answersOf, outcomeOf, RunWorld, seeded } from '../testing/run-world.ts';
import { randomWorkflow } from '../testing/random-workflow.ts';
import { compileWorkflow } from '../workflow/compile-plan.ts';
import type { WorkflowDefinition } from '../workflow/definition.ts';

const input = fc.record({ x: fc.integer({ min: 0, max: 4 }) });
const answers = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 });
const seed = fc.integer({ min: 1, max: 2 ** 31 - 2 });

function endOf(definition: WorkflowDefinition, x: number, codes: readonly number[], from: number, adverse: boolean) {
  const plan = compileWorkflow(definition);
  const answer = answersOf(codes);
  const child = (nodeId: string, index: number) => answer(nodeId, 1 + ((codes[index] ?? 0) % 3));
  const world = new RunWorld({ plan, input: { x }, answer, child, random: seeded(from), adverse });
  return world.run();
}

test('any graph ends, once, under loss, repetition, reordering and crashes (W1–W4)', () => {
  fc.assert(
    fc.property(randomWorkflow({ confluent: false }), input, answers, seed, (definition, { x }, codes, from) => {
      endOf(definition, x, codes, from, true);
    }),
    { numRuns: 300 },
  );
});

test('where order must not matter, every schedule comes to the same end as the calm one', () => {
  fc.assert(
    fc.property(randomWorkflow({ confluent: true }), input, answers, seed, (definition, { x }, codes, from) => {
      const calm = endOf(definition, x, codes, 1, false);
      const adverse = endOf(definition, x, codes, from, true);
      assert.deepEqual(outcomeOf(adverse), outcomeOf(calm));
    }),
    { numRuns: 300 },
  );
});
