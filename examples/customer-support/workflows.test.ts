import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chooseEdges, parseWorkflow, resolveInput, type JsonValue, type Scope } from '@skein/domain';

function planOf(file: string) {
  const { plan, problems } = parseWorkflow(readFileSync(new URL(file, import.meta.url), 'utf8'));
  assert.deepEqual(problems, []);
  return plan ?? assert.fail('no plan');
}

const ticket = { subject: 'Refund', text: 'charged twice' };

function scopeWith(outputs: Readonly<Record<string, JsonValue>>, last: JsonValue = null): Scope {
  return { input: ticket, outputs: (node) => outputs[node], last, run: { id: 'run-1' } };
}

for (const file of ['workflow.yaml', 'hybrid.yaml']) {
  test(`${file} is without fault and routes by category`, () => {
    const plan = planOf(file);
    const route = plan.nodes.get('route') ?? assert.fail('no node route');
    const next = (category: string) =>
      chooseEdges(route, scopeWith({ classify: { category } }), 'success').taken.map((index) => plan.edges[index]?.to);
    assert.deepEqual(next('billing'), ['billing-agent']);
    assert.deepEqual(next('technical'), ['tech-agent']);
    assert.deepEqual(next('other'), []);
  });
}

test('the model drafts from what either specialist answers', () => {
  const draft = planOf('hybrid.yaml').nodes.get('draft') ?? assert.fail('no node draft');
  const outputs = { classify: { category: 'billing' } };
  for (const last of [{ response: 'refunded', status: 'completed' }, { final_message: 'refunded' }, 'refunded']) {
    const request = resolveInput(draft, scopeWith(outputs, last));
    assert.match(
      JSON.stringify(request),
      /Ticket \(billing\):\\ncharged twice\\n\\nAnswer of the specialist:\\nrefunded"/,
    );
  }
});
