import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';

/** The clock looks some seconds ahead; one that is this late does not look. */
const OVERDUE_MS = 120_000;
/** The largest jitter is a day; the rest is more than any clock is off. */
const LATEST_HOURS = 25;

const SAMPLE = `namespace || '/' || schedule_id as sample`;
const OUT_OF_REACH = `next_fire_at is not null
  and (check_at is null or check_at > next_fire_at + interval '${LATEST_HOURS} hours')`;

/** Every schedule fires in time. */
export function scheduleChecks(pool: Pool): AuditCheck[] {
  return [
    {
      code: 'SCHEDULE_OVERDUE',
      severity: 'problem',
      message: 'schedules are due, and nobody has looked at them for two minutes',
      remedy: 'see the logs of the schedulers: reading or firing fails, or there are too few of them',
      find: () =>
        findDefects(
          pool,
          `select ${SAMPLE} from schedule where check_at < now() - interval '${OVERDUE_MS} milliseconds'`,
        ),
    },
    {
      code: 'SCHEDULE_OUT_OF_REACH',
      severity: 'problem',
      message: 'schedules are to be looked at only a day after their next fire time, or never',
      remedy: '`skein doctor --repair` has them looked at now',
      find: () => findDefects(pool, `select ${SAMPLE} from schedule where ${OUT_OF_REACH}`),
      async mend() {
        const { rowCount } = await pool.query(
          `update schedule set check_at = now(), write_seq = write_seq + 1 where ${OUT_OF_REACH}`,
        );
        return rowCount ?? 0;
      },
    },
  ];
}
