import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';
import type { Outbox } from '../../../app/outbox.ts';
import type { RunStore } from '../../../app/run-store.ts';

/** Event-log confirms within a second; what is older has been published again many times. */
const STUCK_MS = 60_000;
const MAX_PUBLISHED = 1000;

const ORPHAN = `created_at < now() - interval '${STUCK_MS} milliseconds' and not exists (
  select from unnest(run_ids, first_seqs) as x (run_id, first_seq) join run_event using (run_id, first_seq))`;

/** Everything that is decided reaches event-log. */
export function outboxChecks(pool: Pool, outbox: Outbox, store: Pick<RunStore, 'staleOutbox'>): AuditCheck[] {
  return [
    {
      code: 'OUTBOX_STUCK',
      severity: 'problem',
      message: 'event-log has not confirmed events for a minute',
      remedy: 'see whether event-log and NATS run; the events are published again until they are confirmed',
      find: () =>
        findDefects(
          pool,
          `select batch_id::text as sample from outbox
           where created_at < now() - interval '${STUCK_MS} milliseconds' and not (${ORPHAN})`,
        ),
      async mend() {
        const batches = await store.staleOutbox(STUCK_MS, MAX_PUBLISHED);
        for (const batch of batches) outbox.publish(batch);
        return batches.length;
      },
    },
    {
      code: 'OUTBOX_ORPHAN',
      severity: 'warning',
      message: 'outbox rows point to events that are not there: they would stay for ever',
      remedy: '`skein doctor --repair` deletes them',
      find: () => findDefects(pool, `select batch_id::text as sample from outbox where ${ORPHAN}`),
      async mend() {
        const { rowCount } = await pool.query(`delete from outbox where ${ORPHAN}`);
        return rowCount ?? 0;
      },
    },
  ];
}
