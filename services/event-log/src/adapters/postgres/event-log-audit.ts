import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck, Defects } from '@skein/rpc';
import { endsMissing, fillGaps, type Gap, type MissingEventsParts } from '../../app/missing-events.ts';
import type { TransitionRecord } from '../../domain/transition-record.ts';

/** What the bus has not brought by then it will not bring by itself. */
const SETTLED = "interval '1 minute'";
/** The audit looks at this many runs, the newest. */
const MAX_RUNS = 5000;
const SAMPLES = 10;

/** Walks the key backwards and stops: ids are in the order of creation. */
const NEWEST = `select distinct run_id from event_log.run_event order by run_id desc limit ${MAX_RUNS}`;

const GAPS = `
select namespace, run_id::text, expected_seq - 1 as after_seq
from (
  select namespace, run_id, first_seq, max(stored_at) over (partition by run_id) as stored_at,
    lag(first_seq + event_count, 1, 1::bigint) over (partition by run_id order by first_seq) as expected_seq
  from event_log.run_event where run_id in (${NEWEST})
) as history
where first_seq <> expected_seq and stored_at < now() - ${SETTLED}`;

const LAST_ROWS = `
select distinct on (run_id) run_id::text, namespace, first_seq, event_count, body
from event_log.run_event where run_id in (${NEWEST})
order by run_id desc, first_seq desc`;

const UNDELIVERED = `
select namespace || ' ' || mailbox || ' (' || count(*) || ')' as sample from event_log.message
where acknowledged_at is null and mailbox not like 'topic/%' and sent_at < now() - interval '1 hour'
  and (expires_at is null or expires_at > now()) and (visible_at is null or visible_at < now())
group by namespace, mailbox`;

const EXPIRED = `
select namespace || ' ' || mailbox || ' (' || count(*) || ')' as sample from event_log.message
where acknowledged_at is null and mailbox not like 'topic/%' and expires_at between now() - interval '1 day' and now()
group by namespace, mailbox`;

const ORPHANS = `
select distinct namespace, run_id::text from event_log.task_event
where stored_at < now() - interval '1 hour' and not exists (
  select from event_log.run_event e where e.run_id = task_event.run_id)`;

/** Every check of the schema `event_log`. */
export function eventLogAudit(pool: Pool, parts: MissingEventsParts): AuditCheck[] {
  const missing = async () => endsMissing(parts, await lastRows(pool));
  return [
    {
      code: 'HISTORY_GAP',
      severity: 'problem',
      message: 'histories have a gap: events in the middle were not brought',
      remedy: '`skein doctor --repair` fetches them from the scheduler, as reading the run does',
      find: async () => defectsOf(await gaps(pool)),
      mend: async () => fillGaps(parts, await gaps(pool)),
    },
    {
      code: 'EVENTS_MISSING',
      severity: 'problem',
      message: 'runs have later events, or their end, that were not brought within a minute',
      remedy: '`skein doctor --repair` fetches them from the scheduler, as reading the run does',
      find: async () => defectsOf(await missing()),
      mend: async () => fillGaps(parts, await missing()),
    },
    {
      code: 'TASK_EVENTS_ORPHAN',
      severity: 'warning',
      message: 'there is streamed text of runs that have no history',
      remedy: '`skein doctor --repair` fetches their history, or deletes the text where there never was such a run',
      find: () => findDefects(pool, `select namespace || '/' || run_id as sample from (${ORPHANS}) as orphan`),
      mend: () => mendOrphans(pool, parts),
    },
    {
      code: 'MESSAGES_UNDELIVERED',
      severity: 'warning',
      message: 'mailboxes have messages that nobody has acknowledged for an hour',
      remedy:
        'start whoever receives there, or take them out with `skein messages receive`; they are kept as configured',
      find: () => findDefects(pool, UNDELIVERED),
    },
    {
      code: 'MESSAGES_EXPIRED',
      severity: 'warning',
      message: 'messages of the last day expired before anybody acknowledged them',
      remedy: 'start more receivers, or send with a longer time to live',
      find: () => findDefects(pool, EXPIRED),
    },
  ];
}

interface GapRow {
  readonly namespace: string;
  readonly run_id: string;
  readonly after_seq: string | number;
}

async function gaps(pool: Pool): Promise<Gap[]> {
  const { rows } = await pool.query<GapRow>(GAPS);
  return rows.map((row) => ({
    run: { namespace: row.namespace, runId: row.run_id },
    afterSeq: Number(row.after_seq),
  }));
}

interface LastRow extends Omit<GapRow, 'after_seq'> {
  readonly first_seq: string | number;
  readonly event_count: number;
  readonly body: Buffer;
}

async function lastRows(pool: Pool): Promise<TransitionRecord[]> {
  const { rows } = await pool.query<LastRow>(
    `select * from (${LAST_ROWS}) as last where exists (
       select from event_log.run_event e where e.run_id = last.run_id::uuid and e.first_seq = last.first_seq
         and e.stored_at < now() - ${SETTLED})`,
  );
  return rows.map((row) => ({
    namespace: row.namespace,
    runId: row.run_id,
    firstSeq: Number(row.first_seq),
    eventCount: row.event_count,
    body: row.body,
  }));
}

/** Text belongs to a run that somebody knows, or to nobody. */
async function mendOrphans(pool: Pool, { history }: MissingEventsParts): Promise<number> {
  const { rows } = await pool.query<Omit<GapRow, 'after_seq'>>(ORPHANS);
  let mended = 0;
  for (const { namespace, run_id: runId } of rows) {
    const outcome = await history.catchUp({ namespace, runId }, 0);
    if (outcome === 'unknown_run') await pool.query('delete from event_log.task_event where run_id = $1', [runId]);
    if (outcome === 'unknown_run' || outcome === 'added') mended += 1;
  }
  return mended;
}

function defectsOf(all: readonly Gap[]): Defects {
  const names = all.map(({ run }) => `${run.namespace}/${run.runId}`);
  return { count: all.length, samples: names.toSorted().slice(0, SAMPLES) };
}
