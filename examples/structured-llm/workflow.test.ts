import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileSchema, parseWorkflow } from '@skein/domain';

test('workflow.yaml is without fault, and its schema says which answers fit', () => {
  const source = readFileSync(new URL('workflow.yaml', import.meta.url), 'utf8');
  const { plan, problems } = parseWorkflow(source);
  assert.deepEqual(problems, []);
  const work = plan?.nodes.get('triage')?.work;
  assert.ok(work?.kind === 'llm' && work.outputSchema !== undefined);
  assert.deepEqual([work.role, work.repairTurns], ['classifier', 3]);
  const compiled = compileSchema(work.outputSchema);
  assert.ok('validate' in compiled);
  assert.deepEqual(compiled.validate({ category: 'billing', urgency: 5 }), []);
  assert.equal(compiled.validate({ category: 'praise', urgency: 6 }).length, 2);
});
