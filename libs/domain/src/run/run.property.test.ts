import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { outcomeOf, RunWorld, type AgentAnswer } from '../testing/run-world.ts';
import { randomWorkflow } from '../testing/random-workflow.ts';
import { compileWorkflow } from '../workflow/compile-plan.ts';
import type { WorkflowDefinition } from '../workflow/definition.ts';

const input = fc.record({ x: fc.integer({ min: 0, max: 4 }) });
const answers = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 });
const seed = fc.integer({ min: 1, max: 2 ** 31 - 2 });

/** Park and Miller's generator: enough to make every run of a seed the same. */
function seeded(from: number): () => number {
  let state = from;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

/** What each agent answers is fixed by the case, so that only the schedule differs. */
function answersOf(codes: readonly number[]): (nodeId: string, attempt: number) => AgentAnswer {
  return (nodeId, attempt) => {
    const code = codes[Number(nodeId.slice(1, 2))] ?? 0;
    if (code === 9) return { code: 'BROKEN', retryable: false };
    if (code >= 7 && attempt < 3) return { code: 'FLAKY', retryable: true };
    return { output: { kind: code % 2 === 0 ? 'even' : 'odd', size: code } };
  };
}

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
