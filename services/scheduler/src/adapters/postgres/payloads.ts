import { redeemTransition, type ClaimedPayload } from '@skein/events';
import type { Pool, PoolClient } from 'pg';
import type { PayloadObjects } from '../../app/payloads/payload-objects.ts';

interface PayloadColumns {
  readonly run_id: string;
  readonly namespace: string;
  readonly digest: string;
  /** Null: the text is in the object store. */
  readonly json: Buffer | null;
}

const SELECT = `select run_id, namespace, encode(digest, 'hex') as digest, json from payload join run using (run_id)`;

/** RunStore.payloads. */
export async function readPayloads(
  pool: Pool,
  objects: Pick<PayloadObjects, 'get'>,
  runId: string,
  digests: readonly string[],
): Promise<readonly ClaimedPayload[]> {
  const { rows } = await pool.query<PayloadColumns>(
    `${SELECT} where run_id = $1 and digest in (select decode(d, 'hex') from unnest($2::text[]) as d)`,
    [runId, digests],
  );
  return textsOf(objects, rows);
}

/** Puts the payloads of some runs back into rows of theirs. What nobody has stays a claim. @throws ObjectStoreError */
export async function redeemRows<Row extends { readonly body: Uint8Array }>(
  client: Pool | PoolClient,
  objects: Pick<PayloadObjects, 'get'>,
  rows: readonly Row[],
  runIdOf: (row: Row) => string,
): Promise<readonly Row[]> {
  const runIds = [...new Set(rows.map(runIdOf))];
  const { rows: found } = await client.query<PayloadColumns>(`${SELECT} where run_id = any($1::uuid[])`, [runIds]);
  if (found.length === 0) return rows;
  const texts = new Map<string, Uint8Array>();
  for (const [runId, own] of Map.groupBy(found, (row) => row.run_id)) {
    for (const { digest, json } of await textsOf(objects, own)) texts.set(`${runId}/${digest}`, json);
  }
  return rows.map((row) => ({
    ...row,
    body: redeemTransition(row.body, (digest) => texts.get(`${runIdOf(row)}/${digest}`)),
  }));
}

/** The texts of rows of one run, wherever they are. */
async function textsOf(
  objects: Pick<PayloadObjects, 'get'>,
  rows: readonly PayloadColumns[],
): Promise<readonly ClaimedPayload[]> {
  const here = rows.flatMap(({ digest, json }) => (json === null ? [] : [{ digest, json }]));
  const elsewhere = rows.filter(({ json }) => json === null);
  const [first] = elsewhere;
  if (first === undefined) return here;
  const owner = { namespace: first.namespace, runId: first.run_id };
  return [
    ...here,
    ...(await objects.get(
      owner,
      elsewhere.map(({ digest }) => digest),
    )),
  ];
}
