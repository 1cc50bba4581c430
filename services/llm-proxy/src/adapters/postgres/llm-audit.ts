import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';

/** A claim is renewed every few seconds while somebody buys; one that ran out this long ago is nobody's. */
const ABANDONED = "answered_at is null and claimed_until < now() - interval '1 minute'";
/** Forgetting comes every hour. */
const LATE = "interval '1 day'";

/** Every check of the schema `llm`. */
export function llmAudit(pool: Pool, retentionMs: number, forget: () => Promise<number>): AuditCheck[] {
  return [
    {
      code: 'CLAIM_ABANDONED',
      severity: 'warning',
      message: 'the right to buy completions is held by nobody: whoever had it is gone',
      remedy: 'nothing is blocked, the next question takes it over; `skein doctor --repair` deletes it',
      find: () =>
        findDefects(pool, `select namespace || '/' || idempotency_key as sample from completion where ${ABANDONED}`),
      async mend() {
        const { rowCount } = await pool.query(`delete from completion where ${ABANDONED}`);
        return rowCount ?? 0;
      },
    },
    {
      code: 'COMPLETION_OVERDUE',
      severity: 'warning',
      message: 'completions are kept longer than SKEIN_LLM_RETENTION says',
      remedy: 'see the log of llm-proxy; `skein doctor --repair` forgets them',
      find: () =>
        findDefects(
          pool,
          `select namespace || '/' || idempotency_key as sample from completion
           where created_at < now() - $1 * interval '1 ms' - ${LATE}
             and (answered_at is not null or claimed_until < now())`,
          [retentionMs],
        ),
      mend: forget,
    },
  ];
}
