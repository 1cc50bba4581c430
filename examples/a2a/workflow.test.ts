import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseWorkflow } from '@skein/domain';

test('workflow.yaml is without fault', () => {
  const { problems } = parseWorkflow(readFileSync(new URL('workflow.yaml', import.meta.url), 'utf8'));
  assert.deepEqual(problems, []);
});
