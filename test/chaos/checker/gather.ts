/** Reads what a round left behind: the scheduler's tables, the public API, the agents' journal. */
import { fromBinary } from '@bufbuild/protobuf';
import { TransitionSchema, type RunEvent } from '@skein/contracts/event';
import { redeemTransition } from '@skein/events';
import type { Pool } from '@skein/postgres';
import { reasonOf } from '@skein/rpc';
import type { Clients } from '../../e2e/harness/clients.ts';
import { seenRun } from '../load/client.ts';
import type { SeenRun } from '../load/record.ts';
import { persist } from '../load/patience.ts';
import type { StoredRun, StoredTransition } from './history.ts';

/** Questions at a time. */
const CONCURRENCY = 16;
const ANSWER_MS = 10_000;

interface RunColumns {
  readonly run_id: string;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly parent_run_id: string | null;
}

interface EventColumns {
  readonly run_id: string;
  readonly first_seq: number;
  readonly event_count: number;
  readonly body: Buffer;
  readonly committed_at_ms: number;
}

/** Where to read. */
export interface Sources {
  readonly sql: Pool;
  readonly clients: Clients;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** Every run of a namespace, as it is stored and as it is told. */
export async function gatherRuns(sources: Sources): Promise<ReadonlyMap<string, StoredRun>> {
  const { sql, namespace } = sources;
  const runs = await sql.query<RunColumns>(
    `select run_id, status, labels, parent_run_id from scheduler.run where namespace = $1`,
    [namespace],
  );
  const events = await sql.query<EventColumns>(
    `select e.run_id, first_seq, event_count, body,
        extract(epoch from pg_xact_commit_timestamp(e.xmin))::float8 * 1000 as committed_at_ms
      from scheduler.run_event e join scheduler.run using (run_id) where namespace = $1 order by e.run_id, first_seq`,
    [namespace],
  );
  const texts = await payloads(sql, namespace);
  const byRun = Map.groupBy(events.rows, ({ run_id: runId }) => runId);
  const waiting = runs.rows.values();
  const gathered = new Map<string, StoredRun>();
  const worker = async (): Promise<void> => {
    for (const row of waiting) {
      const transitions = (byRun.get(row.run_id) ?? []).map((it) => transitionOf(it, texts));
      const { answer, waitingFor } = await told(sources, row.run_id);
      // Whoever is told that there is no such run asks for no events of it.
      const logged = answer === undefined ? [] : await listed(sources, row.run_id);
      const { run_id: runId, status, labels } = row;
      const orderId = labels['order'] ?? '';
      const parentRunId = row.parent_run_id ?? '';
      const answers = answer === undefined ? [] : [answer];
      gathered.set(runId, {
        runId,
        orderId,
        labels,
        parentRunId,
        status,
        transitions,
        logged,
        answers,
        waitingFor,
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return gathered;
}

/** Runs of a namespace that have not ended. */
export async function openRuns(sql: Pool, namespace: string): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    'select count(*)::int as count from scheduler.run where namespace = $1 and ended_at is null',
    [namespace],
  );
  return rows[0]?.count ?? 0;
}

/** Slots of limits that are held or waited for in a namespace now. */
export async function slotsInUse(sql: Pool, namespace: string): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select (select count(*) from scheduler.limit_holder where namespace = $1)::int
      + (select count(*) from scheduler.limit_waiter where namespace = $1)::int
      + (select count(*) from scheduler.call_slot where namespace = $1)::int as count`,
    [namespace],
  );
  return rows[0]?.count ?? 0;
}

/** Limits of agents that the schedulers of a set know in a namespace. */
export async function knownCallLimits(sql: Pool, namespace: string): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count from scheduler.limit_key where namespace = $1 and key like 'agent/%'`,
    [namespace],
  );
  return rows[0]?.count ?? 0;
}

/** Rows in the outbox now. */
export async function outboxRows(sql: Pool): Promise<number> {
  const { rows } = await sql.query<{ count: number }>('select count(*)::int as count from scheduler.outbox');
  return rows[0]?.count ?? 0;
}

/** Large payloads, by run and digest: they are kept beside the events that claim them. */
async function payloads(sql: Pool, namespace: string): Promise<ReadonlyMap<string, Buffer>> {
  const { rows } = await sql.query<{ readonly place: string; readonly json: Buffer }>(
    `select run_id || '/' || encode(digest, 'hex') as place, json
      from scheduler.payload join scheduler.run using (run_id) where namespace = $1`,
    [namespace],
  );
  return new Map(rows.map(({ place, json }) => [place, json]));
}

function transitionOf(row: EventColumns, texts: ReadonlyMap<string, Buffer>): StoredTransition {
  const body = redeemTransition(row.body, (digest) => texts.get(`${row.run_id}/${digest}`));
  return {
    firstSeq: row.first_seq,
    eventCount: row.event_count,
    committedAtMs: row.committed_at_ms,
    events: fromBinary(TransitionSchema, body).events,
  };
}

async function told(
  { clients, namespace, signal }: Sources,
  runId: string,
): Promise<{ answer: SeenRun | undefined; waitingFor: string }> {
  try {
    const { run } = await persist((options) => clients.runs.getRun({ namespace, runId }, options), patience(signal));
    return { answer: run && seenRun(run), waitingFor: run?.waitingFor ?? '' };
  } catch (error) {
    if (reasonOf(error) !== 'RUN_NOT_FOUND') throw error;
    return { answer: undefined, waitingFor: '' };
  }
}

async function listed({ clients, namespace, signal }: Sources, runId: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  let pageToken = '';
  do {
    const request = { namespace, runId, pageSize: 1000, pageToken };
    const page = await persist((options) => clients.events.listEvents(request, options), patience(signal));
    events.push(...page.entries.flatMap(({ entry }) => (entry.case === 'runEvent' ? [entry.value] : [])));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return events;
}

function patience(signal: AbortSignal): Parameters<typeof persist>[1] {
  return { timeoutMs: ANSWER_MS, signal, tries: { reasons: new Map() } };
}
