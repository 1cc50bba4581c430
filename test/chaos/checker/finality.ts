import type { Pool } from '@skein/postgres';
import type { DeletedRun } from './deletions.ts';
import { isOpen, type RoundHistory, type Violation } from './history.ts';

/** How a run had ended when its round was over. */
export interface FinalState {
  readonly status: string;
  readonly lastSeq: number;
}

/** The runs of a round that have ended. */
export function finalStates({ runs }: Pick<RoundHistory, 'runs'>): ReadonlyMap<string, FinalState> {
  const ended = [...runs.values()].filter(({ status }) => !isOpen(status));
  return new Map(
    ended.map(({ runId, status, transitions }) => {
      const last = transitions.at(-1);
      return [runId, { status, lastSeq: last === undefined ? 0 : last.firstSeq + last.eventCount - 1 }] as const;
    }),
  );
}

interface Columns {
  readonly run_id: string;
  readonly status: string;
  readonly last_seq: number;
}

/** Ends that are not any more what they were when their rounds were over. */
export async function laterChanges(sql: Pool, ended: ReadonlyMap<string, FinalState>): Promise<Violation[]> {
  const { rows } = await sql.query<Columns>(
    // Of a run whose events are pruned the row says how many there were.
    `select run_id, status, coalesce(pruned_seq, max(first_seq + event_count - 1))::int as last_seq
      from scheduler.run join scheduler.run_event using (run_id) group by run_id, status, pruned_seq`,
  );
  const now = new Map(rows.map((row) => [row.run_id, { status: row.status, lastSeq: row.last_seq }] as const));
  return compareEnds(ended, now);
}

/** Deleted runs of which there is something again. */
export function returned(deletions: readonly DeletedRun[]): Violation[] {
  return deletions
    .filter(({ leftIn }) => leftIn.length > 0)
    .map(({ runId, leftIn }) => {
      const text = `${runId} was deleted, and something of it is in ${leftIn.join(', ')} when the session is over`;
      return { rule: 'deleted', runId, text };
    });
}

/** As `laterChanges`, of two pictures. */
export function compareEnds(
  before: ReadonlyMap<string, FinalState>,
  after: ReadonlyMap<string, FinalState>,
): Violation[] {
  return [...before].flatMap(([runId, was]) => {
    const is = after.get(runId);
    if (is?.status === was.status && is.lastSeq === was.lastSeq) return [];
    const now = is === undefined ? 'gone' : `${is.status} at ${is.lastSeq}`;
    return [{ rule: 'final', runId, text: `${runId} had ended ${was.status} at ${was.lastSeq} and is ${now}` }];
  });
}
