import { redeemTransition, type ClaimedPayload } from '@skein/events';
import type { Pool, PoolClient } from 'pg';

interface PayloadColumns {
  readonly run_id: string;
  readonly digest: Buffer;
  readonly json: Buffer;
}

/** RunStore.payloads. */
export async function readPayloads(
  pool: Pool,
  runId: string,
  digests: readonly string[],
): Promise<readonly ClaimedPayload[]> {
  const { rows } = await pool.query<PayloadColumns>(
    `select digest, json from payload
      where run_id = $1 and digest in (select decode(d, 'hex') from unnest($2::text[]) as d)`,
    [runId, digests],
  );
  return rows.map(({ digest, json }) => ({ digest: digest.toString('hex'), json }));
}

/** Puts the payloads of some runs back into rows of theirs. */
export async function redeemRows<Row extends { readonly body: Uint8Array }>(
  client: Pool | PoolClient,
  rows: readonly Row[],
  runIdOf: (row: Row) => string,
): Promise<readonly Row[]> {
  const runIds = [...new Set(rows.map(runIdOf))];
  const { rows: found } = await client.query<PayloadColumns>(
    'select run_id, digest, json from payload where run_id = any($1::uuid[])',
    [runIds],
  );
  if (found.length === 0) return rows;
  const texts = new Map(found.map(({ run_id: runId, digest, json }) => [`${runId}/${digest.toString('hex')}`, json]));
  return rows.map((row) => ({
    ...row,
    body: redeemTransition(row.body, (digest) => texts.get(`${runIdOf(row)}/${digest}`)),
  }));
}
