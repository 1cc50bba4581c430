/** Schedules in Postgres: one statement a call. The pool's connections find the schema `scheduler` in their search path. */
import type { Pool } from '@skein/postgres';
import { scheduleKeyText, type ScheduleRow, type ScheduleStore } from '../../app/schedules/schedule-store.ts';
import { shardOfSchedule } from '../../domain/schedule/derived.ts';
import type { ScheduleKey, ScheduleSpec, ScheduleState } from '../../domain/schedule/schedule.ts';
import { SCHEDULE_CHANNEL } from './channels.ts';

const COLUMNS = `s.namespace, s.schedule_id, s.spec, s.state, s.revision, s.write_seq, s.next_fire_at, s.check_at,
  s.request_id, s.request_digest, s.created_at, s.updated_at`;

const CREATE = `
with made as (
  insert into schedule as s (namespace, schedule_id, shard, spec, state, revision, write_seq, next_fire_at, check_at,
    request_id, request_digest, created_at, updated_at)
  values ($1, $2, $3, $4, $5, 1, 1, $6, $7, $8, $9, $10, $10)
  on conflict do nothing returning s.namespace
)
select pg_notify('${SCHEDULE_CHANNEL}', '') from made`;

/** The one with the id first. */
const FIND_CREATED = `
select ${COLUMNS} from schedule s
where s.namespace = $1 and (s.schedule_id = $2 or (s.request_id = $3 and $3 <> ''))
order by s.schedule_id = $2 desc limit 1`;

const LOAD = `
select ${COLUMNS} from schedule s
join unnest($1::text[], $2::text[]) as k (namespace, schedule_id) using (namespace, schedule_id)`;

const SAVE = `
with w as materialized (
  select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[],
    $7::text[], $8::bigint[], $9::timestamptz[])
    as w (namespace, schedule_id, write_seq, state, next_fire_at, check_at, spec, revision, updated_at)
), saved as (
  update schedule s set state = w.state::json, next_fire_at = w.next_fire_at, check_at = w.check_at,
    write_seq = s.write_seq + 1, spec = coalesce(w.spec::json, s.spec), revision = coalesce(w.revision, s.revision),
    updated_at = coalesce(w.updated_at, s.updated_at)
  from w where s.namespace = w.namespace and s.schedule_id = w.schedule_id and s.write_seq = w.write_seq
  returning s.namespace, s.schedule_id, w.revision is not null as is_change
)
select namespace, schedule_id, case when is_change then pg_notify('${SCHEDULE_CHANNEL}', '') end from saved`;

const DELETE = `
with gone as (delete from schedule where namespace = $1 and schedule_id = $2 returning schedule_id)
select pg_notify('${SCHEDULE_CHANNEL}', '') from gone`;

const LIST = `
select ${COLUMNS} from schedule s where s.namespace = $1 and s.schedule_id > $2 order by s.schedule_id limit $3`;

const DUE = `
select namespace, schedule_id, check_at from schedule
where check_at <= now() + $2 * interval '1 millisecond' and shard = any($1::smallint[])
order by check_at limit $3`;

interface StoredRow {
  readonly namespace: string;
  readonly schedule_id: string;
  readonly spec: ScheduleSpec;
  readonly state: ScheduleState;
  /** bigint comes as text. */
  readonly revision: string;
  readonly write_seq: string;
  readonly next_fire_at: Date | null;
  readonly check_at: Date | null;
  readonly request_id: string;
  readonly request_digest: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Schedules of one database. */
export function postgresScheduleStore(pool: Pool): ScheduleStore {
  return {
    async create(row) {
      const { namespace, scheduleId, requestId } = row;
      const { rowCount } = await pool.query(CREATE, [
        namespace,
        scheduleId,
        shardOfSchedule(row),
        JSON.stringify(row.spec),
        JSON.stringify(row.state),
        dateOf(row.nextFireMs),
        dateOf(row.checkAtMs),
        requestId,
        row.requestDigest,
        new Date(row.createdAtMs),
      ]);
      if (rowCount === 1) return { row, created: true };
      const { rows } = await pool.query<StoredRow>(FIND_CREATED, [namespace, scheduleId, requestId]);
      const [present] = rows;
      // It was deleted between the two statements: then the id is free again.
      return present === undefined ? this.create(row) : { row: rowOf(present), created: false };
    },

    async load(keys) {
      const { rows } = await pool.query<StoredRow>({ name: 'load-schedules', text: LOAD, values: keyArrays(keys) });
      return rows.map(rowOf);
    },

    async save(writes) {
      // In one order, so that two schedulers which save the same rows do not wait for each other.
      const sorted = writes.toSorted((a, b) => (scheduleKeyText(a) < scheduleKeyText(b) ? -1 : 1));
      const { rows } = await pool.query<Pick<StoredRow, 'namespace' | 'schedule_id'>>({
        name: 'save-schedules',
        text: SAVE,
        values: [
          ...keyArrays(sorted),
          sorted.map(({ writeSeq }) => writeSeq),
          sorted.map(({ state }) => JSON.stringify(state)),
          sorted.map(({ nextFireMs }) => dateOf(nextFireMs)),
          sorted.map(({ checkAtMs }) => dateOf(checkAtMs)),
          sorted.map(({ change }) => (change === undefined ? null : JSON.stringify(change.spec))),
          sorted.map(({ change }) => change?.revision ?? null),
          sorted.map(({ change }) => dateOf(change?.updatedAtMs)),
        ],
      });
      const saved = new Set(
        rows.map(({ namespace, schedule_id: scheduleId }) => scheduleKeyText({ namespace, scheduleId })),
      );
      return writes.map((write) => saved.has(scheduleKeyText(write)));
    },

    async delete({ namespace, scheduleId }) {
      const { rowCount } = await pool.query(DELETE, [namespace, scheduleId]);
      return rowCount === 1;
    },

    async list(namespace, afterScheduleId, limit) {
      const { rows } = await pool.query<StoredRow>(LIST, [namespace, afterScheduleId, limit]);
      return rows.map(rowOf);
    },

    async due(shards, withinMs, limit) {
      const { rows } = await pool.query<{ namespace: string; schedule_id: string; check_at: Date }>({
        name: 'due-schedules',
        text: DUE,
        values: [shards, withinMs, limit],
      });
      return rows.map((row) => ({
        namespace: row.namespace,
        scheduleId: row.schedule_id,
        checkAtMs: row.check_at.getTime(),
      }));
    },
  };
}

function keyArrays(keys: readonly ScheduleKey[]): [string[], string[]] {
  return [keys.map(({ namespace }) => namespace), keys.map(({ scheduleId }) => scheduleId)];
}

function dateOf(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(ms);
}

function rowOf(row: StoredRow): ScheduleRow {
  return {
    namespace: row.namespace,
    scheduleId: row.schedule_id,
    spec: row.spec,
    state: row.state,
    revision: Number(row.revision),
    writeSeq: Number(row.write_seq),
    nextFireMs: row.next_fire_at?.getTime(),
    checkAtMs: row.check_at?.getTime(),
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
    requestId: row.request_id,
    requestDigest: row.request_digest,
  };
}
