/**
 * What a deletion does to every table that has something of a run, as one statement.
 *
 * The run's first row of run_event stays, empty: its key is what nobody may be given again (D4). All other rows go. A
 * key of a start lies near its run in time, and goes by itself after a day: looking elsewhere would read them all.
 */

/** Open runs below a run, however deep. `run` is the SQL of the run's id. */
export function openBelow(run: string): string {
  return `exists (
    with recursive below as (
      select run_id, ended_at from run where parent_run_id = ${run}
      union all
      select c.run_id, c.ended_at from run c join below on c.parent_run_id = below.run_id
    ) select from below where ended_at is null)`;
}

/** Whether event-log has confirmed every event of an ended run. `alias` is the SQL of the run's row. */
export function isConfirmed(alias: string): string {
  return `(${alias}.pruned_seq is not null
    or not exists (select from outbox where ${alias}.run_id = any(outbox.run_ids)))`;
}

/** CTEs that delete the runs which `picked`, one before them, names by run_id; `doomed` has a row for each. */
export const DELETE_PICKED = `
doomed as materialized (
  select run_id, namespace, created_at from run
  where run_id in (select run_id from picked) and ended_at is not null
  order by run_id for update skip locked
), ordered as (
  insert into run_deletion (run_id, namespace, has_children, has_objects)
  select run_id, namespace, exists (select from run c where c.parent_run_id = doomed.run_id),
    exists (select from payload p where p.run_id = doomed.run_id and p.json is null) from doomed
  on conflict (run_id) do nothing
), events as (
  delete from run_event using doomed where run_event.run_id = doomed.run_id and first_seq > 1
), held as (
  update run_event set body = '' from doomed where run_event.run_id = doomed.run_id and first_seq = 1
), payloads as (
  delete from payload using doomed where payload.run_id = doomed.run_id
), approvals as (
  delete from approval using doomed where approval.run_id = doomed.run_id
), holders as (
  delete from limit_holder using doomed where limit_holder.run_id = doomed.run_id
), waiters as (
  delete from limit_waiter using doomed where limit_waiter.run_id = doomed.run_id
), keys as (
  delete from start_key using doomed
  where start_key.run_id = doomed.run_id
    and start_key.created_at > (select min(created_at) - interval '1 hour' from doomed)
    and start_key.created_at < (select max(created_at) + interval '1 hour' from doomed)
), runs as (
  delete from run using doomed where run.run_id = doomed.run_id
)`;
