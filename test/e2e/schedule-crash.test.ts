import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OverlapPolicy } from '@skein/contracts/scheduler';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { createClients, type Clients } from './harness/clients.ts';
import { startDev } from './harness/platform.ts';

const WORKFLOW = JSON.stringify({ id: 'tick', nodes: [{ id: 'a', type: 'transform', expression: 'input' }] });
const RUNS_BEFORE = 4;
const RUNS_AFTER = 4;

/** Fire times of the runs that exist, oldest first. */
async function fireTimes({ runs }: Clients): Promise<number[]> {
  const listed = await runs.listRuns({ workflowId: 'tick', pageSize: 1000 });
  return listed.runs.map(({ labels }) => Date.parse(labels['skein.fire_time'] ?? '')).toSorted((a, b) => a - b);
}

test('kill -9 and a restart miss no fire time, and repeat none', { timeout: 120_000 }, async () => {
  await using directory = await temporaryDirectory('schedule-crash');
  {
    await using platform = await startDev(directory.path);
    const clients = createClients(platform.apiUrl);
    await clients.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
    await clients.schedules.createSchedule({
      scheduleId: 'tick',
      spec: {
        intervals: [{ every: { seconds: 1n } }],
        overlap: OverlapPolicy.ALLOW_ALL,
        action: { target: { case: 'workflow', value: { workflowId: 'tick' } } },
      },
    });
    await eventually(async () => (await fireTimes(clients)).length >= RUNS_BEFORE, {
      describe: 'runs before the kill',
      timeoutMs: 30_000,
    });
    platform.process.kill('SIGKILL');
    await platform.process.exited;
  }
  const restartedMs = Date.now();
  await using platform = await startDev(directory.path);
  const clients = createClients(platform.apiUrl);
  await eventually(async () => (await fireTimes(clients)).filter((ms) => ms > restartedMs).length >= RUNS_AFTER, {
    describe: 'runs after the restart',
    timeoutMs: 60_000,
  });
  const times = await fireTimes(clients);
  for (const [index, ms] of times.slice(1).entries()) assert.equal(ms - (times[index] ?? 0), 1000, 'no gap, no double');
});
