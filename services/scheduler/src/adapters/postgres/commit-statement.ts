/**
 * One commit of the hot path as one statement: a single round trip, atomic by itself.
 *
 * Bodies travel as one packed parameter and are sliced in SQL, because arrays of bytea go as hex
 * text (three times slower, measured). Rows are inserted in key order, because batches of several
 * schedulers that lock rows in different orders deadlock. Every other change derives from the rows
 * that `won` returns: a loser leaves no trace (S2, S3). A transition of a run that has ended loses even where its
 * place is free, for the rows of an ended run may have been pruned (S4).
 *
 * The plan is kept (kept-plans.ts), so it must be right for tables of any size: what asks a table about the rows of
 * the batch does so in a subquery of its own or by a join on the key, which can only be a look-up by key.
 */
import { packBodies, plainColumn, textColumn } from '@skein/postgres';
import type { ApprovalRow, CommitBatch, ParentCheck, StoredPayload, StoredTransition } from '../../app/run-store.ts';
import { storableJson } from './storable-json.ts';

const RUNS_SQL = `
with t as (
  select run_id, first_seq, event_count, substring($1::bytea from body_offset for body_length) as body
  from unnest($2::uuid[], $3::int[], $4::smallint[], $5::int[], $6::int[])
    as x (run_id, first_seq, event_count, body_offset, body_length)
), s as (
  select * from unnest($7::uuid[], $8::text[], $9::text[], $10::int[], $11::timestamptz[], $12::timestamptz[],
    $13::jsonb[], $14::text[], $15::text[], $16::text[], $27::text[], $28::uuid[], $29::text[], $31::jsonb[], $32::jsonb[])
    as x (run_id, namespace, workflow_id, workflow_version, created_at, check_at, labels, session_id, request_id, digest,
      status, parent_run_id, parent_node_id, search_attributes, memo)
), f as (
  select * from unnest($17::uuid[], $18::text[], $19::timestamptz[], $20::text[], $21::text[], $22::text[])
    as x (run_id, status, ended_at, failure_code, failure_message, failed_node_id)
), k as (
  insert into start_key (namespace, request_id, run_id, digest)
  select namespace, request_id, run_id, digest from s
  where request_id is not null
    and coalesce((select false from run_event e where e.run_id = s.run_id and e.first_seq = 1), true)
  order by namespace, request_id
  on conflict do nothing
  returning run_id
), won as (
  insert into run_event (run_id, first_seq, event_count, commit_id, body)
  select t.run_id, t.first_seq, t.event_count, $23::uuid, t.body
  from t left join s on s.run_id = t.run_id
  where case when t.first_seq = 1 then s.request_id is null or t.run_id in (select run_id from k)
    else (select ended_at is null from run where run.run_id = t.run_id) end
  order by t.run_id, t.first_seq
  on conflict do nothing
  returning run_id, first_seq
), r as (
  insert into run (run_id, namespace, workflow_id, workflow_version, status, created_at, ended_at, check_at, labels,
    session_id, failure_code, failure_message, failed_node_id, parent_run_id, parent_node_id, search_attributes, memo)
  select s.run_id, s.namespace, s.workflow_id, s.workflow_version, s.status, s.created_at,
    f.ended_at, case when f.run_id is null then s.check_at end, s.labels, s.session_id, f.failure_code,
    f.failure_message, f.failed_node_id, s.parent_run_id, s.parent_node_id, s.search_attributes, s.memo
  from s join won using (run_id) left join f using (run_id)
), u as (
  update run set status = f.status, ended_at = f.ended_at, check_at = null, failure_code = f.failure_code,
    failure_message = f.failure_message, failed_node_id = f.failed_node_id
  from f join won using (run_id)
  where run.run_id = f.run_id and won.first_seq > 1
  returning run.run_id
), c as (
  update run set check_at = least(run.check_at, x.check_at), status = coalesce(x.status, run.status)
  from unnest($25::uuid[], $26::timestamptz[], $30::text[]) as x (run_id, check_at, status) join won using (run_id)
  where run.run_id = x.run_id and (x.status is not null or run.check_at > x.check_at)
  returning run.run_id
)`;

const OUTBOX_SQL = `, o as (
  insert into outbox (batch_id, run_ids, first_seqs)
  select $23::uuid, array_agg(run_id), array_agg(first_seq) from won having count(*) > 0
), d as (
  delete from outbox where batch_id = any($24::uuid[])
)`;

/** Number of the first parameter that only some batches have. */
const FIRST_OPTIONAL = 33;

const WINNERS = '\nselect run_id from won';

/**
 * Only batches with ends of child runs pay for this; a parent that is not parked costs one look-up by its key.
 *
 * `u` and `c` come first, for a row can be changed once in a statement, and for the order of locks: a batch locks the
 * rows of its own runs before those of parents, and never waits for a parent. Whoever holds the row of a parent is
 * making a transition of it durable, or brings it near too. What is parking a parent is not under way here: its child
 * would not be in memory (RunEngine).
 */
function parentsSql(at: number): string {
  return `, p as (
  update run set check_at = n.check_at
  from (
    select run.run_id, x.check_at
    from (
      select x.parent_run_id as run_id, min(x.check_at) as check_at
      from unnest($${at}::uuid[], $${at + 1}::uuid[], $${at + 2}::timestamptz[]) as x (run_id, parent_run_id, check_at)
        join won using (run_id)
      group by x.parent_run_id
    ) x join run using (run_id)
    where run.check_at > x.check_at
      and run.run_id not in (select run_id from u union all select run_id from c)
    for update of run skip locked
  ) n
  where run.run_id = n.run_id
)`;
}

/** Only batches in which people are asked pay for this. `at` is the number of its parameter. */
function approvalsSql(at: number): string {
  return `, a as (
  insert into approval (run_id, node_id, namespace, workflow_id, status, prompt, approvers, created_at, expires_at,
    decided_by, comment, decided_at)
  select x.run_id, x.node_id, x.namespace, x.workflow_id, x.status, x.prompt,
    array(select jsonb_array_elements_text(x.approvers)), x.created_at, x.expires_at, x.decided_by, x.comment,
    x.decided_at
  from jsonb_to_recordset($${at}::jsonb) as x (run_id uuid, node_id text, namespace text, workflow_id text, status text,
    prompt text, approvers jsonb, created_at timestamptz, expires_at timestamptz, decided_by text, comment text,
    decided_at timestamptz) join won using (run_id)
  order by x.run_id, x.node_id
  on conflict (run_id, node_id) do update set status = excluded.status, approvers = excluded.approvers,
    decided_by = excluded.decided_by, comment = excluded.comment, decided_at = excluded.decided_at
)`;
}

/** Only batches with large payloads pay for this. `at` is the number of its first parameter. */
function payloadsSql(at: number): string {
  return `, y as (
  insert into payload (run_id, digest, json)
  select x.run_id, decode(x.digest, 'hex'), substring($${at}::bytea from x.json_offset for x.json_length)
  from unnest($${at + 1}::uuid[], $${at + 2}::text[], $${at + 3}::int[], $${at + 4}::int[])
    as x (run_id, digest, json_offset, json_length) join won using (run_id)
  order by x.run_id, x.digest
  on conflict do nothing
)`;
}

const SETTLE_SQL = `
select run_id from run_event
where commit_id = $1 and (run_id, first_seq) in (select * from unnest($2::uuid[], $3::int[]))`;

/** The query that stores a batch. */
export function commitQuery(batch: CommitBatch) {
  const { transitions } = batch;
  const starts = transitions.filter((transition) => transition.start !== undefined);
  const ends = transitions.filter((transition) => transition.end !== undefined);
  const parents = transitions.flatMap(({ runId, parentCheck }) => (parentCheck ? [{ runId, parentCheck }] : []));
  const changes = changesOf(transitions, parents);
  const approvals = transitions.flatMap((it) => it.approvals ?? []);
  const payloads = transitions.flatMap(({ runId, payloads: own = [] }) => own.map((it) => ({ ...it, runId })));
  const { packed, offsets, lengths } = packBodies(transitions, (it) => it.body);
  return {
    ...variantOf(parents.length > 0, approvals.length > 0, payloads.length > 0),
    values: [
      packed,
      plainColumn(transitions, (it) => it.runId),
      plainColumn(transitions, (it) => it.firstSeq),
      plainColumn(transitions, (it) => it.eventCount),
      offsets,
      lengths,
      plainColumn(starts, (it) => it.runId),
      textColumn(starts, (it) => it.namespace),
      textColumn(starts, (it) => it.start?.workflowId),
      plainColumn(starts, (it) => it.start?.workflowVersion),
      plainColumn(starts, (it) => timestamp(it.start?.createdAtMs)),
      plainColumn(starts, (it) => timestamp(firstCheckMs(it))),
      textColumn(starts, (it) => JSON.stringify(it.start?.labels)),
      textColumn(starts, (it) => it.start?.sessionId),
      textColumn(starts, (it) => it.start?.key?.requestId),
      textColumn(starts, (it) => it.start?.key?.digest),
      plainColumn(ends, (it) => it.runId),
      plainColumn(ends, (it) => it.end?.status),
      plainColumn(ends, (it) => timestamp(it.end?.endedAtMs)),
      textColumn(ends, (it) => storableText(it.end?.failureCode)),
      textColumn(ends, (it) => storableText(it.end?.failureMessage)),
      textColumn(ends, (it) => it.end?.failedNodeId),
      batch.commitId,
      plainColumn(batch.confirmedBatchIds, (it) => it),
      plainColumn(changes, (it) => it.runId),
      plainColumn(changes, (it) => timestamp(it.checkAtMs)),
      plainColumn(starts, (it) => it.end?.status ?? it.start?.status),
      plainColumn(starts, (it) => it.start?.parent?.runId),
      textColumn(starts, (it) => it.start?.parent?.nodeId),
      plainColumn(changes, (it) => it.status),
      textColumn(starts, (it) => JSON.stringify(it.start?.searchAttributes)),
      textColumn(starts, (it) => storableJson(it.start?.memo)),
      ...(parents.length === 0 ? [] : parentValues(parents)),
      ...(approvals.length === 0 ? [] : [JSON.stringify(approvals.map(approvalColumns))]),
      ...(payloads.length === 0 ? [] : payloadValues(payloads)),
    ],
  };
}

/** The statement for what a batch has: each variant has a plan of its own. */
function variantOf(hasParents: boolean, hasApprovals: boolean, hasPayloads: boolean) {
  const name = ['commit'];
  let at = FIRST_OPTIONAL;
  const part = (isThere: boolean, called: string, parameters: number, sql: (at: number) => string): string => {
    if (!isThere) return '';
    name.push(called);
    at += parameters;
    return sql(at - parameters);
  };
  const parents = part(hasParents, 'parents', 3, parentsSql);
  const approvals = part(hasApprovals, 'approvals', 1, approvalsSql);
  const payloads = part(hasPayloads, 'payloads', 5, payloadsSql);
  return { name: name.join('-'), text: RUNS_SQL + parents + OUTBOX_SQL + approvals + payloads + WINNERS };
}

interface EndOfChild {
  readonly runId: string;
  readonly parentCheck: ParentCheck;
}

/** Open runs whose row changes: also parents that have a transition of their own beside the end of a child run. */
function changesOf(transitions: readonly StoredTransition[], ends: readonly EndOfChild[]) {
  const near = new Map(ends.map(({ parentCheck }) => [parentCheck.runId, parentCheck.checkAtMs]));
  return transitions
    .filter(({ start, end }) => !start && !end)
    .map(({ runId, checkAtMs = near.get(runId), status }) => ({ runId, checkAtMs, status }))
    .filter(({ checkAtMs, status }) => checkAtMs !== undefined || status !== undefined);
}

function parentValues(ends: readonly EndOfChild[]): unknown[] {
  return [
    plainColumn(ends, ({ runId }) => runId),
    plainColumn(ends, ({ parentCheck }) => parentCheck.runId),
    plainColumn(ends, ({ parentCheck }) => timestamp(parentCheck.checkAtMs)),
  ];
}

/** A part without a length is null: the text of that row is in the object store. */
export function payloadValues(payloads: readonly (StoredPayload & { readonly runId: string })[]): unknown[] {
  const { packed, offsets, lengths } = packBodies(payloads, ({ json }) => json);
  const runIds = plainColumn(payloads, ({ runId }) => runId);
  const digests = plainColumn(payloads, ({ digest }) => digest);
  return [packed, runIds, digests, offsets, lengths];
}

function approvalColumns(row: ApprovalRow) {
  return {
    run_id: row.runId,
    node_id: row.nodeId,
    namespace: row.namespace,
    workflow_id: row.workflowId,
    status: row.status,
    prompt: storableText(row.prompt),
    approvers: row.approvers.map(storableText),
    created_at: timestamp(row.createdAtMs),
    expires_at: timestamp(row.expiresAtMs),
    decided_by: storableText(row.decidedBy),
    comment: storableText(row.comment),
    decided_at: timestamp(row.decidedAtMs),
  };
}

/** The query that finds out what a commit of unknown outcome stored. */
export function settleQuery(batch: CommitBatch) {
  const runIds = batch.transitions.map((it) => it.runId);
  const firstSeqs = batch.transitions.map((it) => it.firstSeq);
  return { text: SETTLE_SQL, values: [batch.commitId, runIds, firstSeqs] };
}

/** When the sweep looks at a new run. */
function firstCheckMs({ start, checkAtMs = Infinity }: StoredTransition): number | undefined {
  return start && Math.min(start.checkAtMs, checkAtMs);
}

function timestamp(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

const MAX_TEXT_CHARS = 2048;

/** What agents say may hold a character that Postgres refuses; the event keeps every word, the list need not. */
export function storableText(text: string | undefined): string | null {
  return text?.slice(0, MAX_TEXT_CHARS).replaceAll('\0', '\uFFFD') ?? null;
}
