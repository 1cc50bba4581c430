import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { stateOf, Workplace } from '../harness/workplace.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'finding';
const ORDER = {
  id: 'order',
  search_attributes: { customer: '${ input.customer }', large: '${ input.total > 100 }' },
  nodes: [
    { id: 'price', type: 'transform', expression: 'input.total * 2' },
    { id: 'payment', type: 'signal', signal_name: 'paid' },
  ],
  edges: [{ from: 'price', to: 'payment' }],
};

/** Runs that are found by what they have, and handled many at a time. */
export function findingSuite(use: UsePlatform): void {
  suite('finding runs', () => {
    test('the command line starts, finds, counts, cancels and retries runs by what they have', async () => {
      const platform = use();
      const { dataDir } = platform;
      const skein = async (expected: number, ...args: string[]) => {
        const { code, stdout, stderr } = await platform.skein(...args, '-n', NAMESPACE);
        assert.equal(code, expected, stderr);
        return stdout;
      };
      const file = join(dataDir, 'order.json');
      await writeFile(file, JSON.stringify(ORDER));
      await skein(0, 'workflows', 'apply', file);
      for (const [customer, total] of [
        ['acme', 50],
        ['acme', 500],
        ['other', 500],
      ] as const) {
        const input = JSON.stringify({ customer, total });
        await skein(0, 'runs', 'start', 'order', '-i', input, '--attr', 'channel=web', '--memo', '{"note":"first"}');
      }
      const acme = `attr.customer = 'acme' and attr.channel = 'web'`;
      assert.equal(await skein(0, 'runs', 'count', '--filter', `${acme} and attr.large = true`), '1\n');
      const listed = JSON.parse(await skein(0, 'runs', 'list', '--filter', acme, '-o', 'json')) as {
        runs: { memo: object; search_attributes: object }[];
      };
      assert.equal(listed.runs.length, 2);
      assert.deepEqual(listed.runs[0]?.memo, { note: 'first' });
      assert.match(await skein(0, 'runs', 'count', '--by', 'attr.customer'), /acme +2\nother +1\n/);
      assert.equal(await skein(0, 'runs', 'cancel', '--filter', acme), '2 runs would be cancelled\n');
      assert.equal(await skein(0, 'runs', 'cancel', '--filter', acme, '--yes'), '2 of 2 done, 0 refused\n');
      const again = ['runs', 'retry', '--filter', `${acme} and state = CANCELLED`, '--bulk-id', 'once', '--yes'];
      assert.equal(await skein(0, ...again), '2 of 2 done, 0 refused\n');
      assert.equal(await skein(0, ...again), '2 of 2 done, 0 refused\n');
      assert.match(await skein(0, 'runs', 'count', '--filter', acme, '--by', 'state'), /CANCELLED +2\nWAITING +2\n/);
      const paid = ['runs', 'signal', '--filter', 'state = WAITING', 'paid', '-p', '1', '--yes'];
      assert.equal(await skein(0, ...paid), '3 of 3 done, 0 refused\n');
      assert.equal(
        await skein(7, 'runs', 'terminate', '--filter', `state = CANCELLED`, '--yes').then(firstLine),
        '0 of 2 done, 2 refused',
      );
      assert.equal(await skein(4, 'runs', 'list', '--filter', 'stat = FAILED'), '');
    });

    test('a time line shows what a run did, over the command line and REST', async () => {
      const platform = use();
      const place = new Workplace(platform, `${NAMESPACE}-time`);
      const wait = { id: 'pause', type: 'wait', duration: '300ms' };
      const model = { id: 'echo', type: 'llm', model: 'builtin/echo', prompt: 'hello' };
      const run = await place.run({ id: 'slow', nodes: [wait, model], edges: [{ from: 'pause', to: 'echo' }] });
      assert.equal(stateOf(run), 'DONE');
      const { runId, namespace } = run;
      const { timeline } = await place.clients.events.getRunTimeline({ namespace, runId, minSeq: run.lastSeq });
      assert.deepEqual(
        [timeline?.outcome, timeline?.nodes.map(({ nodeId }) => nodeId)],
        ['run_done', ['pause', 'echo']],
      );
      const { code, stdout, stderr } = await platform.skein('runs', 'timeline', runId, '-n', namespace);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^slow .* run_done .*\npause +~+.* succeeded\necho .* succeeded\n$/);
      const answer = await fetch(`${platform.apiUrl}/api/v1/runs/${runId}/timeline?namespace=${namespace}`);
      const body = (await answer.json()) as { nodes: { spans: { activity: string }[] }[] };
      assert.deepEqual(
        body.nodes[0]?.spans.map(({ activity }) => activity),
        ['WAITING'],
      );
    });
  });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
