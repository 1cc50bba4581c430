import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { RunState } from '@skein/contracts/scheduler';
import { SCRIPTED_MODEL } from '../harness/model-upstream.ts';
import { ROOT } from '../harness/skein.ts';
import type { TestPlatform } from '../harness/platform.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'structured-llm';

const workflow = (id: string, settings: object) => ({
  id,
  nodes: [
    {
      id: 'count',
      type: 'llm',
      model: SCRIPTED_MODEL,
      role: 'counter',
      prompt: '${ input.answers }',
      output_schema: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } },
      ...settings,
    },
  ],
});

/** Starts a run whose model gives these answers, and waits for its end. */
async function runWith({ clients }: TestPlatform, id: string, answers: readonly string[], settings: object = {}) {
  const namespace = NAMESPACE;
  const source = JSON.stringify(workflow(id, settings));
  await clients.workflows.applyWorkflow({ namespace, definition: { case: 'source', value: source } });
  const fields = { answers: { kind: { case: 'stringValue', value: JSON.stringify(answers) } } } as const;
  const { run } = await clients.runs.startRun({
    namespace,
    target: { case: 'workflow', value: { workflowId: id } },
    input: { kind: { case: 'structValue', value: { fields } } },
    waitTimeout: { seconds: 30n },
  });
  assert.ok(run);
  return run;
}

async function eventsOf({ apiUrl }: TestPlatform, runId: string) {
  const url = `${apiUrl}/api/v1/runs/${runId}/events?namespace=${NAMESPACE}`;
  const { events } = (await (await fetch(url)).json()) as {
    readonly events: readonly { readonly type: string; readonly payload: Readonly<Record<string, unknown>> }[];
  };
  return new Map(events.map(({ type, payload }) => [type, payload]));
}

/** Models that must answer with JSON: repaired in time, never, or not even asked. */
export function structuredLlmSuite(use: UsePlatform): void {
  suite('structured answers of models', { concurrency: true }, () => {
    test('the example runs with the built-in model', async () => {
      const file = join(ROOT, 'examples/structured-llm/workflow.yaml');
      const input = '{"text":"I was charged $49.00 twice"}';
      const { code, stdout, stderr } = await use().skein('run', file, '-n', NAMESPACE, '--input', input);
      assert.equal(code, 0, stderr);
      const { category, urgency } = JSON.parse(stdout) as { category: string; urgency: number };
      assert.ok(['billing', 'technical', 'other'].includes(category));
      assert.ok(urgency >= 1 && urgency <= 5);
    });

    test('an answer is mended at the second turn, and the prompt can be read back', async () => {
      const platform = use();
      const answers = ['one', '```json\n{"n":1}\n```'];
      const run = await runWith(platform, 'mended', answers);
      assert.equal(run.state, RunState.DONE, run.failure?.message);
      assert.equal(platform.models.callsWith(answers), 2);
      const { stdout } = await platform.skein('runs', 'input', run.runId, 'count', '-n', NAMESPACE, '-o', 'json');
      const shown = JSON.parse(stdout) as { input: { messages: unknown }; prompt_digest: string };
      assert.deepEqual(shown.input.messages, [{ role: 'user', content: JSON.stringify(answers) }]);
      const done = (await eventsOf(platform, run.runId)).get('llm_call_done');
      assert.deepEqual([done?.['turns'], done?.['model']], [2, SCRIPTED_MODEL]);
      assert.partialDeepStrictEqual(done?.['prompt'], { digest: shown.prompt_digest, role: 'counter' });
      assert.deepEqual(done?.['usage'], { input_tokens: 20, output_tokens: 4, cost_micro_usd: 0 });
    });

    test('an answer that is never mended fails the run with the violations', async () => {
      const answers = ['{"n":"never"}'];
      const run = await runWith(use(), 'never', answers, { repair_turns: 1 });
      assert.deepEqual([run.state, run.failure?.code], [RunState.FAILED, 'OUTPUT_SCHEMA_VIOLATION']);
      assert.match(run.failure?.message ?? '', /\/n must be integer/);
      assert.equal(use().models.callsWith(answers), 2, 'no attempt after the repairs');
    });

    test('a prompt over its budget is not asked', async () => {
      const answers = ['{"n":1}', 'long'.repeat(100)];
      const run = await runWith(use(), 'heavy', answers, { context_budget: { bytes: 300 } });
      assert.deepEqual([run.state, run.failure?.code], [RunState.FAILED, 'CONTEXT_BUDGET_EXCEEDED']);
      assert.equal(use().models.callsWith(answers), 0);
    });
  });
}
