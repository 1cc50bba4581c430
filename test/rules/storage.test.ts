/** R9 of the hot path (docs/hot-path.md): what a run costs to keep, over every service that keeps it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { WorkflowDefinition } from '@skein/domain';
import { decodeTransition } from '@skein/events';
import { createKysely, createPool, migrate, type Pool } from '@skein/postgres';
import { testDatabase } from '@skein/testkit';
import { PostgresRunEventStore } from '../../services/event-log/src/adapters/postgres/postgres-run-event-store.ts';
import type { EventLogTables } from '../../services/event-log/src/adapters/postgres/tables.ts';
import { postgresRunStore } from '../../services/scheduler/src/adapters/postgres/run-store.ts';
import { batch } from '../../services/scheduler/src/testing/run-store/sample-batches.ts';
import { sampleHistory } from '../../services/scheduler/src/testing/sample-history.ts';

const STEPS = 1000;
/** What an agent says is rarely less; with less, what an event needs beside its payload counts more. */
const PAYLOAD_BYTES = 1024;
/** Random text: what Postgres could compress would make the test pass for the wrong reason. */
function text(): string {
  return randomBytes((PAYLOAD_BYTES * 3) / 4).toString('base64');
}
/** Of what a run adds. Three times its payloads with the pages that the empty tables had at first, 0.08 of these payloads. */
const MAX_FACTOR = 2.9;

const ids = Array.from({ length: STEPS }, (_, index) => `step-${index}`);
const CHAIN: WorkflowDefinition = {
  id: 'chain',
  nodes: ids.map((id) => ({ id, type: 'agent', agent_id: 'worker' })),
  edges: ids.slice(1).map((to, index) => ({ from: ids[index] ?? '', to })),
};

test('R9 a run of 1,000 steps takes at most three times its payloads, in all services together', async () => {
  const { transitions, state } = sampleHistory({
    definition: CHAIN,
    input: text(),
    answer: () => ({ output: text() }),
  });
  assert.equal(state.status, 'DONE');
  assert.equal(state.nodes.size, STEPS);
  const payloads = [state.input, ...Array.from(state.nodes.values(), ({ output }) => output)];
  const payloadBytes = payloads.reduce((sum, payload) => sum + (payload?.bytes.byteLength ?? 0), 0);

  await using database = await testDatabase();
  const schedulerPool = createPool(database.url, { max: 1, applicationName: 'storage-test', schema: 'scheduler' });
  const eventLogPool = createPool(database.url, { max: 1, applicationName: 'storage-test', schema: 'event_log' });
  const service = (name: string) => `${import.meta.dirname}/../../services/${name}/src/adapters/postgres/migrations`;
  try {
    await migrate(schedulerPool, { schema: 'scheduler', directory: service('scheduler') });
    await migrate(eventLogPool, { schema: 'event_log', directory: service('event-log') });
    // Pages that tables and indexes have before there is anything in them are not the run's.
    const emptyBytes = await storedBytes(schedulerPool);
    // What is stored is the same, and a thousand commits need not wait for the disk.
    await schedulerPool.query('set synchronous_commit = off');
    const scheduler = postgresRunStore(schedulerPool);
    const eventLog = new PostgresRunEventStore(eventLogPool, createKysely<EventLogTables>(eventLogPool));
    let confirmed: readonly string[] = [];
    for (const transition of transitions) {
      const commit = { ...batch(transition), confirmedBatchIds: confirmed };
      await scheduler.commit(commit);
      confirmed = [commit.commitId];
    }
    await eventLog.append(transitions);
    assert.equal((await scheduler.staleOutbox(0, 10)).length, 1, 'all but the last commit are confirmed and gone');
    const factor = ((await storedBytes(schedulerPool)) - emptyBytes) / payloadBytes;
    assert.ok(factor <= MAX_FACTOR, `${factor.toFixed(2)} times ${payloadBytes} bytes of payload`);
  } finally {
    await Promise.all([schedulerPool.end(), eventLogPool.end()]);
  }
});

/** What everything takes that a run is stored in. */
async function storedBytes(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(
    `select sum(pg_total_relation_size(c.oid))::int as bytes from pg_class c join pg_namespace n on n.oid = relnamespace
      where relkind = 'r' and (nspname, relname) in (('scheduler', 'run'), ('scheduler', 'run_event'),
        ('scheduler', 'payload'), ('event_log', 'run_event'))`,
  );
  return rows[0]?.bytes ?? Infinity;
}

test('R9 a scheduled node stores the digest and the places of its input, never the input again', () => {
  const [first, second] = ['the first answer', 'the second answer'];
  const definition: WorkflowDefinition = {
    id: 'two',
    nodes: [
      { id: 'a', type: 'agent', agent_id: 'worker' },
      { id: 'b', type: 'agent', agent_id: 'worker', input: { asked: '${ input }', said: '${ output.a }' } },
    ],
    edges: [{ from: 'a', to: 'b' }],
  };
  const answer = (nodeId: string) => ({ output: nodeId === 'a' ? first : second });
  const { transitions, state } = sampleHistory({ definition, input: 'the question', answer });
  assert.equal(state.status, 'DONE');
  const stored = Buffer.concat(transitions.map(({ body }) => body)).toString('latin1');
  for (const payload of ['the question', first, second]) {
    assert.equal(stored.split(payload).length - 1, 1, `${payload} is stored once`);
  }
  const events = transitions.flatMap(({ body }) => decodeTransition(body).events);
  const scheduled = events.filter((event) => event.kind === 'node_scheduled');
  assert.deepEqual(
    scheduled.map(({ nodeId, inputDigest }) => [nodeId, inputDigest.byteLength]),
    [
      ['a', 16],
      ['b', 16],
    ],
  );
  assert.ok((scheduled[1]?.inputSeqs.length ?? 0) > 0);
});
