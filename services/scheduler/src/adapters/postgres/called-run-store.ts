import type { Pool } from '@skein/postgres';
import type { CalledRunStore } from '../../app/called-runs.ts';

const ADD = `
insert into called_run (run_id, parent_run_id, node_id) values ($1, $2, $3) on conflict do nothing`;

const OF_SHARDS = `
select c.run_id, c.parent_run_id, c.node_id,
  case when r.run_id is null then c.created_at < now() - interval '1 minute' else r.ended_at is not null end as is_over,
  r.run_id is not null as has_begun,
  case when p.run_id is not null and p.ended_at is null then null when p.status = 'TERMINATED' then 'terminated'
    else 'otherwise' end as parent_end
from called_run c left join run r on r.run_id = c.run_id left join run p on p.run_id = c.parent_run_id
where get_byte(uuid_send(c.run_id), 15) = any($1::int[])`;

/** What run tokens are made with. */
export async function runTokenKey(pool: Pool): Promise<Uint8Array> {
  const { rows } = await pool.query<{ key: Uint8Array }>('select key from run_token_key');
  const [row] = rows;
  if (row === undefined) throw new Error('the scheduler’s database has lost the key of run tokens (run_token_key)');
  return row.key;
}

/** Runs that agents have started, in Postgres. The pool's connections find the schema `scheduler` in their search path. */
export function postgresCalledRunStore(pool: Pool): CalledRunStore {
  return {
    async add({ runId, parentRunId, nodeId }) {
      await pool.query(ADD, [runId, parentRunId, nodeId]);
    },

    async remove(runIds) {
      await pool.query('delete from called_run where run_id = any($1::uuid[])', [runIds]);
    },

    async ofShards(shards) {
      const { rows } = await pool.query<Row>(OF_SHARDS, [shards]);
      return rows.map((row) => ({
        runId: row.run_id,
        parentRunId: row.parent_run_id,
        nodeId: row.node_id,
        isOver: row.is_over,
        hasBegun: row.has_begun,
        parentEnd: row.parent_end ?? undefined,
      }));
    },
  };
}

interface Row {
  readonly run_id: string;
  readonly parent_run_id: string;
  readonly node_id: string;
  readonly is_over: boolean;
  readonly has_begun: boolean;
  readonly parent_end: 'terminated' | 'otherwise' | null;
}
