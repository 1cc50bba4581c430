import { fromBinary } from '@bufbuild/protobuf';
import { TransitionSchema } from '@skein/contracts/event';
import { claimsIn } from '@skein/events';
import type { Pool } from '@skein/postgres';
import type { AuditCheck, Defects } from '@skein/rpc';
import { ObjectStoreError } from '../../../app/payloads/object-store.ts';
import type { PayloadObjects } from '../../../app/payloads/payload-objects.ts';

/** The newest runs that have events here, as far as their events are not too many to be looked into. */
const MAX_RUNS = 1000;
const MAX_BYTES = 32 * 1024 * 1024;
const SAMPLES = 10;
const NOTHING: Defects = { count: 0, samples: [] };

const BODIES = `
select run_id, body from (
  select run_id, body, sum(octet_length(body)) over (order by run_id desc, first_seq) as bytes
  from (select run_id from run where coalesce(pruned_seq, 0) = 0 order by run_id desc limit $1) as newest
    join run_event using (run_id)) as sized
where bytes <= $2`;

const MISSING = `
select x.run_id::text as run_id from unnest($1::uuid[], $2::text[]) as x (run_id, digest)
where not exists (select from payload p where p.run_id = x.run_id and p.digest = decode(x.digest, 'hex'))
  and exists (select from run where run.run_id = x.run_id)`;

/** Every claim in an event has its text. */
export function payloadChecks(pool: Pool, objects: PayloadObjects | undefined): AuditCheck[] {
  return [
    ...(objects === undefined ? [] : objectChecks(pool, objects)),
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

/** Rows of the newest runs whose text is in the object store. */
const OBJECT_ROWS = `
select run_id::text, namespace, encode(digest, 'hex') as digest from payload join run using (run_id)
where json is null order by run_id desc limit $1`;
const MAX_OBJECTS = 100;

interface ObjectRow {
  readonly run_id: string;
  readonly namespace: string;
  readonly digest: string;
}

function objectChecks(pool: Pool, objects: PayloadObjects): AuditCheck[] {
  return [
    {
      code: 'PAYLOAD_STORE_AWAY',
      severity: 'problem',
      message: 'the object store does not answer, or refuses: runs with large payloads wait for it',
      remedy: 'the sample says why; see SKEIN_S3_* of the scheduler, and the bucket',
      async find() {
        const trouble = await troubleOf(() => objects.list(undefined));
        return trouble === undefined ? NOTHING : { count: 1, samples: [trouble] };
      },
    },
    {
      code: 'PAYLOAD_OBJECT_MISSING',
      severity: 'problem',
      message: 'rows of large payloads name objects that are not in the bucket, or are damaged',
      remedy: 'restore the bucket from its versions or a backup; `skein runs terminate` ends runs that are open',
      async find() {
        const { rows } = await pool.query<ObjectRow>(OBJECT_ROWS, [MAX_OBJECTS]);
        const missing = new Set<string>();
        const trouble = await troubleOf(async () => {
          for (const { run_id: runId, namespace, digest } of rows) {
            if ((await objects.get({ namespace, runId }, [digest])).length === 0) missing.add(runId);
          }
        });
        // A store that is away has lost nothing by that.
        return trouble === undefined ? { count: missing.size, samples: [...missing].slice(0, SAMPLES) } : NOTHING;
      },
    },
  ];
}

/** Why the store cannot be asked; undefined: it can. */
async function troubleOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ObjectStoreError) return error.message;
    throw error;
  }
}

async function runsWithMissing(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ run_id: string; body: Buffer }>(BODIES, [MAX_RUNS, MAX_BYTES]);
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
