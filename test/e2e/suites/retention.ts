import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { Workplace } from '../harness/workplace.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'retention';
const LINES = {
  id: 'lines',
  nodes: [
    {
      id: 'each',
      type: 'map',
      items: '${ input.lines }',
      body: { nodes: [{ id: 'say', type: 'transform', expression: 'item' }], edges: [] },
    },
  ],
  edges: [],
};

/** Namespaces and deleted runs, through the command line and the API. */
export function retentionSuite(use: UsePlatform): void {
  suite('retention', () => {
    test('a deleted run is nowhere any more, nor are its child runs', async () => {
      const { skein, apiUrl, clients } = use();
      const place = new Workplace(use(), NAMESPACE);
      const { runId, namespace } = await place.run(LINES, { lines: ['x'.repeat(300_000), 'b'] });
      const [child] = await place.list({ parentRunId: runId });
      assert.ok(child);
      assert.ok((await place.events(child.runId)).length > 0);
      const refused = await skein('runs', 'delete', child.runId, '-n', namespace);
      assert.match(refused.stderr, new RegExp(`skein runs delete ${runId}`));
      const deleted = await skein('runs', 'delete', runId, '-n', namespace);
      assert.equal(deleted.stdout, `${runId} deleted\n`, deleted.stderr);
      assert.match((await skein('runs', 'get', runId, '-n', namespace)).stderr, /RUN_NOT_FOUND|no run/);
      const isGone = async (id: string) => {
        const response = await fetch(`${apiUrl}/api/v1/runs/${id}/events?namespace=${namespace}`);
        return response.status === 404;
      };
      for (const id of [runId, child.runId]) {
        await eventually(() => isGone(id), { describe: 'event-log has forgotten the run', timeoutMs: 40_000 });
      }
      assert.deepEqual(await place.list({ includeChildren: true }), []);
      const again = clients.runs.deleteRun({ namespace, runId });
      await assert.rejects(again, /has no run/);
    });

    test('a namespace is told how long to keep its runs', async () => {
      const { skein, apiUrl } = use();
      const updated = await skein('namespaces', 'update', NAMESPACE, '--run-retention', '7d');
      assert.equal(updated.stdout, `${NAMESPACE}: ended runs are kept 7d (namespace)\n`, updated.stderr);
      const response = await fetch(`${apiUrl}/api/v1/namespaces/${NAMESPACE}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ keep_runs_forever: true }),
      });
      assert.equal(response.status, 200);
      assert.match((await skein('namespaces', 'list')).stdout, new RegExp(`${NAMESPACE} +for ever +namespace`));
    });
  });
}
