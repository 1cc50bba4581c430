import { isTerminal, type RunState } from '@skein/domain';
import { fromBinary } from '@bufbuild/protobuf';
import { TransitionSchema } from '@skein/contracts/event';
import { eventName } from '@skein/events';
import type { Pool } from '@skein/postgres';
import type { AuditCheck, Defects } from '@skein/rpc';
import { foldHistory } from '../../../app/run-history.ts';
import type { RunStore } from '../../../app/run-store.ts';
import { endOf } from '../../../app/run-transition.ts';
import { storableText } from '../commit-statement.ts';

/** The newest runs that are not pruned, each with its row's word and its last transition: one snapshot. */
const LAST_TRANSITIONS = `
select run_id, ended_at is not null as ended, last.body
from (select run_id, ended_at from run where pruned_seq is null order by run_id desc limit $1) as newest
join lateral (
  select body from run_event e where e.run_id = newest.run_id order by first_seq desc limit 1) as last on true`;

const MARK_ENDED = `
update run set status = $2, ended_at = $3, check_at = null, failure_code = $4, failure_message = $5, failed_node_id = $6
where run_id = $1 and ended_at is null`;

const MAX_RUNS = 5000;
const SAMPLES = 10;

/** A run's row says what its last event says. */
export function runEndChecks(pool: Pool, store: Pick<RunStore, 'load'>): AuditCheck[] {
  return [
    {
      code: 'RUN_END_UNMARKED',
      severity: 'problem',
      message: 'runs have ended by their last event, and count as open',
      remedy: '`skein doctor --repair` marks them as ended',
      find: async () => defects(await unmarked(pool, store)),
      async mend() {
        const states = await unmarked(pool, store);
        for (const state of states) await markEnded(pool, state);
        return states.length;
      },
    },
    {
      code: 'RUN_END_MISSING',
      severity: 'problem',
      message: 'runs count as ended, and their history does not end',
      remedy: 'restore the database from a backup: events that were committed are gone',
      find: async () => defects(await disagreeing(pool, store, true)),
    },
  ];
}

async function unmarked(pool: Pool, store: Pick<RunStore, 'load'>): Promise<RunState[]> {
  return disagreeing(pool, store, false);
}

/** Runs whose row says `ended` and whose history says otherwise. Folded only where the last event looks like it. */
async function disagreeing(pool: Pool, store: Pick<RunStore, 'load'>, ended: boolean): Promise<RunState[]> {
  const { rows } = await pool.query<{ run_id: string; ended: boolean; body: Buffer }>(LAST_TRANSITIONS, [MAX_RUNS]);
  const found: RunState[] = [];
  for (const { run_id: runId, ended: isMarked, body } of rows) {
    if (isMarked !== ended || looksEnded(body) === ended) continue;
    const loaded = await store.load(runId);
    // Pruned in between, or a gap: others look for that.
    const state = loaded && foldable(runId, loaded);
    if (state !== undefined && isTerminal(state.status) !== ended) found.push(state);
  }
  return found;
}

function looksEnded(body: Uint8Array): boolean {
  // The payloads of what is stored may be elsewhere; names need none.
  const event = fromBinary(TransitionSchema, body).events.at(-1);
  const last = event === undefined ? '' : eventName(event);
  return last.startsWith('run_') && last !== 'run_started';
}

function foldable(runId: string, { namespace, rows }: NonNullable<Awaited<ReturnType<RunStore['load']>>>) {
  try {
    return foldHistory(runId, namespace, rows);
  } catch {
    return undefined;
  }
}

async function markEnded(pool: Pool, state: RunState): Promise<void> {
  const end = endOf(state);
  await pool.query(MARK_ENDED, [
    state.runId,
    end.status,
    new Date(end.endedAtMs).toISOString(),
    storableText(end.failureCode),
    storableText(end.failureMessage),
    end.failedNodeId ?? null,
  ]);
}

function defects(states: readonly RunState[]): Defects {
  return { count: states.length, samples: states.slice(0, SAMPLES).map(({ runId }) => runId) };
}
