import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Skein } from '@skein/sdk';
import type { TestPlatform } from '../e2e/harness/platform.ts';
import { REGISTERED, start, type Sdk } from './sdk.ts';

/** One workflow over a worker of each language. */
export function polyglotSuite(sdks: readonly Sdk[], use: () => TestPlatform): void {
  test('a workflow goes from language to language', async () => {
    await using workers = new AsyncDisposableStack();
    const skein = new Skein({ api: use().apiUrl });
    const steps = sdks.map(({ language }) => ({ id: language, agent: `relay-${language}` }));
    for (const [at, sdk] of sdks.entries()) {
      const env = { AGENT_ID: steps[at]?.agent, SKEIN_API_URL: use().apiUrl };
      workers.use(await start(sdk, 'sample', { args: ['work'], env, ready: REGISTERED }));
    }
    const nodes = steps.map(({ id, agent }) => ({ id, type: 'agent', agent_id: agent }));
    const edges = steps.slice(1).map(({ id }, at) => ({ from: steps[at]?.id ?? '', to: id }));
    await skein.workflows.apply({ id: 'relay', nodes, edges });
    const run = await skein.runs.start({ workflow: 'relay', input: 'pass it on' });
    const { state, output } = await skein.runs.await(run.runId);
    assert.equal(state, 'DONE');
    // Each answers with the beginning of its input, its length, and its own key.
    const [first = '', last = ''] = steps.map(({ id }) => id);
    const relayed = `pass it on 10 ${run.runId}/${first}/1`;
    assert.equal(output, `${relayed.slice(0, 16)} ${relayed.length} ${run.runId}/${last}/1`);
  });
}
