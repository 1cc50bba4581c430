import type { Pool } from './pool.ts';
import { withTransaction } from './transaction.ts';

/** An audit is patient, but not for ever: it must not hold up who serves. */
const STATEMENT_TIMEOUT_MS = 20_000;
const SAMPLES = 10;

/**
 * Counts the rows of a query that should have none, and names some of them. The query has a text column `sample`; it is
 * read only, and ends after 20 s.
 */
export function findDefects(
  pool: Pool,
  sql: string,
  values: readonly unknown[] = [],
): Promise<{ readonly count: number; readonly samples: readonly string[] }> {
  return withTransaction(pool, async (client) => {
    await client.query(`set transaction read only; set local statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
    const { rows } = await client.query<{ count: number; samples: string[] | null }>(
      `select count(*)::int as count, (array_agg(sample order by sample))[1:${SAMPLES}] as samples
       from (${sql}) as defect`,
      [...values],
    );
    return { count: rows[0]?.count ?? 0, samples: rows[0]?.samples ?? [] };
  });
}
