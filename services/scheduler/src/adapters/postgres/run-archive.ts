import { packBodies, withTransaction, type Pool, type PoolClient } from '@skein/postgres';
import type { ArchivedRun, RunArchive } from '../../app/import-run.ts';
import { payloadValues, storableText } from './commit-statement.ts';
import { storableJson } from './storable-json.ts';

/** The rows come first, as in a commit: whoever has the row with first_seq 1 has the id. */
const INSERT_EVENTS = `
insert into run_event (run_id, first_seq, event_count, commit_id, body)
select $1::uuid, first_seq, event_count, $2::uuid, substring($3::bytea from body_offset for body_length)
from unnest($4::int[], $5::smallint[], $6::int[], $7::int[]) as x (first_seq, event_count, body_offset, body_length)
order by first_seq
on conflict do nothing`;

const INSERT_RUN = `
insert into run (run_id, namespace, workflow_id, workflow_version, status, created_at, ended_at, check_at, labels,
  session_id, failure_code, failure_message, failed_node_id, parent_run_id, parent_node_id, search_attributes, memo)
values ($1, $2, $3, $4, $5, $6, $7, null, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

const INSERT_OUTBOX = `
insert into outbox (batch_id, run_ids, first_seqs)
select $1::uuid, array_agg($2::uuid), array_agg(first_seq) from unnest($3::int[]) as first_seq`;

const INSERT_PAYLOADS = `
insert into payload (run_id, digest, json)
select x.run_id, decode(x.digest, 'hex'), substring($1::bytea from x.json_offset for x.json_length)
from unnest($2::uuid[], $3::text[], $4::int[], $5::int[]) as x (run_id, digest, json_offset, json_length)
on conflict do nothing`;

/** Thrown to roll back. */
class IdTaken extends Error {}

/** Whole runs into Postgres. The pool's connections find the schema `scheduler` in their search path. */
export function postgresRunArchive(pool: Pool): RunArchive {
  return {
    async store(run) {
      try {
        await withTransaction(pool, (client) => insert(client, run));
        return true;
      } catch (error) {
        if (error instanceof IdTaken) return false;
        throw error;
      }
    },
  };
}

async function insert(client: PoolClient, run: ArchivedRun): Promise<void> {
  const { runId, namespace, commitId, start, end, transitions } = run;
  const { packed, offsets, lengths } = packBodies(transitions, ({ body }) => body);
  const firstSeqs = transitions.map(({ firstSeq }) => firstSeq);
  const counts = transitions.map(({ eventCount }) => eventCount);
  const events = await client.query(INSERT_EVENTS, [runId, commitId, packed, firstSeqs, counts, offsets, lengths]);
  if (events.rowCount !== transitions.length) throw new IdTaken();
  await client.query(INSERT_RUN, [
    runId,
    namespace,
    start.workflowId,
    start.workflowVersion,
    end.status,
    new Date(start.createdAtMs).toISOString(),
    new Date(end.endedAtMs).toISOString(),
    JSON.stringify(start.labels),
    start.sessionId,
    storableText(end.failureCode),
    storableText(end.failureMessage),
    end.failedNodeId ?? null,
    start.parent?.runId ?? null,
    start.parent?.nodeId ?? null,
    JSON.stringify(start.searchAttributes),
    storableJson(start.memo),
  ]);
  const payloads = run.payloads.map((payload) => ({ ...payload, runId }));
  if (payloads.length > 0) await client.query(INSERT_PAYLOADS, payloadValues(payloads));
  await client.query(INSERT_OUTBOX, [commitId, runId, firstSeqs]);
}
