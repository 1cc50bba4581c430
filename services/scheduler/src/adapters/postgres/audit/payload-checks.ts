import { fromBinary } from '@bufbuild/protobuf';
import { TransitionSchema } from '@skein/contracts/event';
import { claimsIn } from '@skein/events';
import type { Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';

/** The newest runs that have events here. */
const MAX_RUNS = 1000;
const SAMPLES = 10;

const BODIES = `
select run_id, body from run_event
where run_id in (
  select run_id from run where coalesce(pruned_seq, 0) = 0 order by run_id desc limit $1)
order by run_id`;

const MISSING = `
select x.run_id::text as run_id from unnest($1::uuid[], $2::text[]) as x (run_id, digest)
where not exists (select from payload p where p.run_id = x.run_id and p.digest = decode(x.digest, 'hex'))
  and exists (select from run where run.run_id = x.run_id)`;

/** Every claim in an event has its text. */
export function payloadChecks(pool: Pool): AuditCheck[] {
  return [
    {
      code: 'PAYLOAD_MISSING',
      severity: 'problem',
      message: 'events claim large payloads that are not there: these runs cannot go on or be shown',
      remedy: 'restore the database from a backup; `skein runs terminate` ends those that are open',
      async find() {
        const runIds = await runsWithMissing(pool);
        return { count: runIds.length, samples: runIds.slice(0, SAMPLES) };
      },
    },
  ];
}

async function runsWithMissing(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ run_id: string; body: Buffer }>(BODIES, [MAX_RUNS]);
  const claims = rows.flatMap(({ run_id: runId, body }) =>
    fromBinary(TransitionSchema, body)
      .events.flatMap(({ event }) => (event.value === undefined ? [] : claimsIn(event.value)))
      .map(({ digest }) => ({ runId, digest })),
  );
  if (claims.length === 0) return [];
  const values = [claims.map(({ runId }) => runId), claims.map(({ digest }) => digest)];
  const found = await pool.query<{ run_id: string }>(MISSING, values);
  return [...new Set(found.rows.map((row) => row.run_id))].toSorted();
}
