/** R2 of the hot path (docs/hot-path.md): at most one uncommitted transition a run, and a mailbox with an end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, ConnectError, createClient, type ServiceImpl } from '@connectrpc/connect';
import { RunService } from '@skein/contracts/scheduler';
import { bind, describeError, directTransport } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { v7 as uuidv7 } from 'uuid';
import { RunBusyError } from '../app/run-errors.ts';
import { withTypedErrors } from '../rpc/answer-errors.ts';
import { schedulerRig } from '../testing/scheduler-rig.ts';

const WORKFLOW = `
id: one
nodes: [{ id: work, type: agent, agent_id: worker }]
edges: []
`;
const COMMANDS = 50;

test('R2 while a commit hangs its run has no other; what comes meanwhile is one more transition', async () => {
  await using rig = await schedulerRig();
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
  const runId = uuidv7();
  await rig.runs.startRun({ runId, target: { case: 'workflow', value: { workflowId: 'one' } } });
  const pool = rig.database.pool(2);
  const hangingCommits = async () => {
    const { rows } = await pool.query<{ hanging: number }>(
      `select count(*)::int as hanging from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]?.hanging ?? 0;
  };
  const holder = await pool.connect();
  let cancelled: Promise<unknown> | undefined;
  try {
    await holder.query('begin; lock table scheduler.run_event in share row exclusive mode');
    cancelled = Promise.all(
      Array.from({ length: COMMANDS }, (_, index) => rig.runs.cancelRun({ runId, reason: `${index}` })),
    );
    await eventually(async () => (await hangingCommits()) > 0, { describe: 'the commit waits for the lock' });
    assert.equal(await hangingCommits(), 1);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  await cancelled;
  const { rows } = await pool.query('select first_seq from scheduler.run_event where run_id = $1', [runId]);
  assert.equal(rows.length, 2, 'the start, and the cancellation that came first');
});

test('R2 a command for a run whose mailbox is full is answered RESOURCE_EXHAUSTED', async () => {
  const busy = () => Promise.reject(new RunBusyError('10,000 commands wait'));
  const everyMethod = Object.fromEntries(RunService.methods.map(({ localName }) => [localName, busy]));
  const service = withTypedErrors(RunService, everyMethod as unknown as ServiceImpl<typeof RunService>, assert.fail);
  const runs = createClient(RunService, directTransport([bind(RunService, service)]));
  const error: unknown = await runs.cancelRun({ runId: uuidv7() }).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof ConnectError);
  assert.equal(error.code, Code.ResourceExhausted);
  assert.equal(describeError(error).reason, 'RUN_BUSY');
});
