import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { ROOT } from '../harness/skein.ts';
import type { UsePlatform } from './every-mode.ts';

const NAMESPACE = 'schedules';
const EXAMPLES = join(ROOT, 'examples/schedules');

interface Listed {
  readonly runs: readonly {
    readonly run_id: string;
    readonly state: string;
    readonly labels: Record<string, string>;
  }[];
}

/** Schedules through the command line and the API. */
export function scheduleSuite(use: UsePlatform): void {
  suite('schedules', () => {
    test('the example is stored, previewed, triggered, paused and deleted', async () => {
      const { skein } = use();
      const ok = async (...args: string[]) => {
        const { code, stdout, stderr } = await skein(...args, '-n', NAMESPACE);
        assert.equal(code, 0, stderr);
        return stdout;
      };
      await ok('workflows', 'apply', join(EXAMPLES, 'report.yaml'));
      const file = join(EXAMPLES, 'nightly-report.yaml');
      assert.match(await ok('schedules', 'create', '-f', file), /^nightly-report made, next fire time 20/);
      const times = await ok('schedules', 'times', 'nightly-report', '--after', '2026-12-23T12:00:00Z', '--count', '2');
      assert.deepEqual(
        times.split('\n').map((line) => line.slice(0, 20)),
        ['2026-12-28T01:30:00Z', '2026-12-29T01:30:00Z', ''],
      );
      const [, runId = ''] = /STARTED (\S+)/.exec(await ok('schedules', 'trigger', 'nightly-report')) ?? [];
      await ok('runs', 'watch', runId);
      assert.match(await ok('runs', 'get', runId), /DONE/);
      assert.match(await ok('schedules', 'get', 'nightly-report'), new RegExp(`trigger +STARTED +${runId}`));
      assert.match(await ok('schedules', 'update', 'nightly-report', '--cron', '0 4 * * *'), /revision 2/);
      assert.match(await ok('schedules', 'pause', 'nightly-report', '--reason', 'moving'), /PAUSED/);
      assert.match(await ok('schedules', 'list'), /nightly-report +PAUSED/);
      const range = ['--from', '2026-01-05T00:00:00Z', '--until', '2026-01-08T00:00:00Z'];
      assert.match(await ok('schedules', 'backfill', 'nightly-report', ...range), /makes up for 3 fire times/);
      const label = 'skein.schedule_id=nightly-report';
      await eventually(
        async () => {
          const { runs } = JSON.parse(await ok('runs', 'list', '-l', label, '-o', 'json')) as Listed;
          return runs.length === 4 && runs.every(({ state }) => state === 'DONE');
        },
        { describe: 'the runs of the backfill', timeoutMs: 30_000 },
      );
      assert.match(await ok('schedules', 'resume', 'nightly-report'), /ACTIVE/);
      await ok('schedules', 'delete', 'nightly-report');
      assert.equal((await skein('schedules', 'get', 'nightly-report', '-n', NAMESPACE)).code, 3);
    });

    test('REST: one that fires every second does, each second once', async () => {
      const { apiUrl } = use();
      const rest = async (method: string, path: string, body?: object) => {
        const response = await fetch(`${apiUrl}/api/v1/${path}?namespace=${NAMESPACE}`, {
          method,
          ...(body === undefined
            ? {}
            : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        });
        return { status: response.status, body: response.status === 204 ? {} : await response.json() };
      };
      const workflow = { id: 'tick', nodes: [{ id: 'a', type: 'transform', expression: 'input' }] };
      assert.equal((await rest('POST', 'workflows', workflow)).status, 201);
      const spec = {
        intervals: [{ every: '1s' }],
        overlap: 'allow_all',
        action: { workflow: { workflow_id: 'tick' } },
      };
      assert.equal((await rest('POST', 'schedules', { schedule_id: 'tick', spec })).status, 201);
      const runs = async () => {
        const path = `${apiUrl}/api/v1/runs?namespace=${NAMESPACE}&workflow_id=tick`;
        return ((await (await fetch(path)).json()) as Listed).runs;
      };
      await eventually(async () => (await runs()).length >= 4, { describe: 'four runs', timeoutMs: 30_000 });
      const times = (await runs()).map(({ labels }) => Date.parse(labels['skein.fire_time'] ?? ''));
      for (const [index, ms] of times.slice(1).entries()) assert.equal((times[index] ?? 0) - ms, 1000);
      assert.equal((await rest('DELETE', 'schedules/tick')).status, 204);
      const wrong = await rest('POST', 'schedules', { schedule_id: 'x', spec: { ...spec, time_zone: 'Mars/Olympus' } });
      assert.equal(wrong.status, 400);
      assert.equal((wrong.body as { error: { place: string } }).error.place, 'spec.time_zone');
    });
  });
}
