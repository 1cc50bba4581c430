import { packBodies, withTransaction, type Pool, type PoolClient } from '@skein/postgres';
import type { PrunableRun, PrunedBatch, PrunedRun, PruningLimits, RunPruning } from '../../app/run-pruning.ts';
import { NO_OBJECTS, type PayloadObjects } from '../../app/payloads/payload-objects.ts';
import { redeemRows } from './payloads.ts';

/** With more rows than this in the outbox event-log is far behind: most runs are not to be pruned, and looking is dear. */
const MAX_OUTBOX_ROWS = 5000;

/**
 * Nobody but another pruner locks rows of ended runs, and those are skipped. A run with a row in the outbox is not
 * confirmed yet. The first run comes however large it is.
 */
const PRUNABLE = `
with waiting as materialized (
  select unnest(run_ids) as run_id from outbox
), due as materialized (
  select run_id, namespace, ended_at from run
  where ended_at is not null and pruned_seq is null and ended_at < now() - $1 * interval '1 millisecond'
    and (select count(*) from (select from outbox limit ${MAX_OUTBOX_ROWS + 1}) o) <= ${MAX_OUTBOX_ROWS}
    and not exists (select from waiting where waiting.run_id = run.run_id)
  order by ended_at limit $2 for update skip locked
), sized as (
  select due.run_id, due.namespace, due.ended_at, sum(octet_length(e.body)) as bytes
  from due join run_event e using (run_id) group by 1, 2, 3
), page as materialized (
  select run_id, namespace, sum(bytes) over before - bytes as bytes_before
  from sized window before as (order by ended_at, run_id)
)
select run_id, namespace, first_seq, event_count, body
from page join run_event using (run_id)
where bytes_before < $3
order by run_id, first_seq`;

/** The row with first_seq 1 stays, so that nobody starts another run under this id. */
const PRUNE = `
with p as materialized (
  select run_id, last_seq, substring($1::bytea from body_offset for body_length) as body
  from unnest($2::uuid[], $3::int[], $4::int[], $5::int[]) as x (run_id, last_seq, body_offset, body_length)
), gone as (
  delete from run_event using p where run_event.run_id = p.run_id and first_seq > 1
), kept as (
  update run_event set body = p.body from p where run_event.run_id = p.run_id and first_seq = 1
)
update run set pruned_seq = p.last_seq from p where run.run_id = p.run_id`;

const KEEP = 'update run set pruned_seq = 0 where run_id = any($1::uuid[])';

/** Pruning in Postgres. The pool's connections find the schema `scheduler` in their search path. */
export function postgresRunPruning(pool: Pool, objects: Pick<PayloadObjects, 'get'> = NO_OBJECTS): RunPruning {
  return {
    pruneEnded(ageMs, limits, compact) {
      return withTransaction(pool, async (client) => {
        const runs = await prunableRuns(client, objects, ageMs, limits);
        const compacted = runs.map((run) => ({ runId: run.runId, rest: compact(run) }));
        const pruned = compacted.flatMap(({ runId, rest }) => (rest === undefined ? [] : [{ runId, ...rest }]));
        const kept = compacted.filter(({ rest }) => rest === undefined).map(({ runId }) => runId);
        if (pruned.length > 0) await client.query(pruneQuery(pruned));
        if (kept.length > 0) await client.query(KEEP, [kept]);
        return { pruned: pruned.length, kept: kept.length } satisfies PrunedBatch;
      });
    },
  };
}

interface PrunableColumns {
  readonly run_id: string;
  readonly namespace: string;
  readonly first_seq: number;
  readonly event_count: number;
  readonly body: Buffer;
}

async function prunableRuns(
  client: PoolClient,
  objects: Pick<PayloadObjects, 'get'>,
  ageMs: number,
  limits: PruningLimits,
): Promise<PrunableRun[]> {
  const { rows } = await client.query<PrunableColumns>(PRUNABLE, [ageMs, limits.maxRuns, limits.maxBytes]);
  const whole = rows.length === 0 ? rows : await redeemRows(client, objects, rows, ({ run_id: runId }) => runId);
  return [...Map.groupBy(whole, ({ run_id: runId }) => runId)].map(([runId, own]) => ({
    runId,
    namespace: own[0]?.namespace ?? '',
    rows: own.map((row) => ({ firstSeq: row.first_seq, eventCount: row.event_count, body: row.body })),
  }));
}

function pruneQuery(pruned: readonly (PrunedRun & { readonly runId: string })[]) {
  const { packed, offsets, lengths } = packBodies(pruned, ({ finalState }) => finalState);
  const values = [packed, pruned.map(({ runId }) => runId), pruned.map(({ lastSeq }) => lastSeq), offsets, lengths];
  return { name: 'prune', text: PRUNE, values };
}
