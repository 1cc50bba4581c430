/** A unit test of a workflow: customer-support, with agents that a test makes up, and no platform. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { AgentError, type JsonValue } from '@skein/sdk';
import { runLocal, type LocalAgent } from '@skein/sdk/local';

const workflow = await readFile(new URL('../customer-support/workflow.yaml', import.meta.url), 'utf8');

const agents = (classify: LocalAgent): Record<string, LocalAgent> => ({
  'classifier-agent': classify,
  'billing-specialist': (input: JsonValue) => ({ from: 'billing', input }),
  'tech-support': (input: JsonValue) => ({ from: 'tech', input }),
});

test('a billing ticket finds the billing specialist', async () => {
  const run = await runLocal<{ from: string }>(workflow, {
    input: { text: 'I was charged twice' },
    agents: agents(() => ({ category: 'billing' })),
  });
  assert.equal(run.output.from, 'billing');
  assert.equal(run.nodes['tech-agent']?.state, 'SKIPPED');
});

test('a ticket that is neither ends at the route', async () => {
  const run = await runLocal(workflow, { agents: agents(() => ({ category: 'other' })) });
  assert.deepEqual(run.output, { category: 'other' });
});

test('a classifier that is busy is asked again, and the backoff takes no time', async () => {
  const busy: LocalAgent = (_input, { attempt }) => {
    if (attempt < 3) throw new AgentError('BUSY', { retryable: true, retryAfterMs: 60_000 });
    return { category: 'technical' };
  };
  const run = await runLocal<{ from: string }>(workflow, { clock: 'virtual', agents: agents(busy) });
  assert.equal(run.output.from, 'tech');
  assert.equal(run.nodes['classify']?.attempts, 3);
});
