import { isTerminal, needsDispatch } from '@skein/domain';
import { findDefects, type Pool } from '@skein/postgres';
import type { AuditCheck, Defects } from '@skein/rpc';
import type { CallSlot, LimitKey } from '../../../app/limits/limit-store.ts';
import { foldHistory } from '../../../app/run-history.ts';
import type { RunStore } from '../../../app/run-store.ts';
import { releaseCalls } from '../call-grants.ts';

/** The round comes every second; what it has left for so long it does not see. */
const LEFT_MS = 60_000;
const LONG_AGO = `now() - interval '${LEFT_MS} milliseconds'`;

/** Slots that were granted so long ago, the oldest first, and whether their runs are open. */
const OLD_SLOTS = `
select namespace, key, run_id, node_id, attempt, exists (
  select from run where run.run_id = call_slot.run_id and run.ended_at is null) as is_open
from call_slot where granted_at < ${LONG_AGO} order by granted_at limit $1`;
const MAX_SLOTS = 500;
const SAMPLES = 10;

/** A run that was asked for so long ago, and has not begun or has ended. */
const UNUSED = `created_at < ${LONG_AGO} and not exists (
  select from run where run.run_id = called_run.run_id and run.ended_at is null)`;
const LEFT_BEHIND = `
select run.run_id::text as sample from called_run join run using (run_id) left join run parent
  on parent.run_id = called_run.parent_run_id
where run.ended_at is null and called_run.created_at < ${LONG_AGO}
  and (parent.run_id is null or parent.ended_at < ${LONG_AGO})`;

/** What agents are given, and what they start, ends with their work. */
export function agentCallChecks(pool: Pool, store: Pick<RunStore, 'load'>): AuditCheck[] {
  return [
    {
      code: 'CALL_SLOT_LEAKED',
      severity: 'problem',
      message: "slots of agents' limits are held by attempts that are over: calls wait for them in vain",
      remedy: '`skein doctor --repair` gives them back',
      find: async () => defects(await leaked(pool, store)),
      async mend() {
        const slots = await leaked(pool, store);
        for (const slot of slots) await releaseCalls(pool, slot, [slot]);
        return slots.length;
      },
    },
    {
      code: 'CALLED_RUN_LEFTOVER',
      severity: 'warning',
      message: 'runs that agents have started are still to be stopped with them, and have ended or never begun',
      remedy: '`skein doctor --repair` forgets them',
      find: () => findDefects(pool, `select run_id::text as sample from called_run where ${UNUSED}`),
      async mend() {
        const { rowCount } = await pool.query(`delete from called_run where ${UNUSED}`);
        return rowCount ?? 0;
      },
    },
    {
      code: 'CALLED_RUN_LEFT_BEHIND',
      severity: 'problem',
      message: 'runs that agents have started go on, and the runs of their agents ended a minute ago',
      remedy: 'see the logs of the schedulers; stop them with `skein runs cancel RUN`',
      find: () => findDefects(pool, LEFT_BEHIND),
    },
  ];
}

interface SlotRow extends LimitKey {
  readonly run_id: string;
  readonly node_id: string;
  readonly attempt: number;
  readonly is_open: boolean;
}

type NamedSlot = CallSlot & LimitKey;

/** Slots that nobody has use for. Whether an attempt is at work is said by its run's history alone. */
async function leaked(pool: Pool, store: Pick<RunStore, 'load'>): Promise<NamedSlot[]> {
  const { rows } = await pool.query<SlotRow>(OLD_SLOTS, [MAX_SLOTS]);
  const found: NamedSlot[] = [];
  for (const { run_id: runId, node_id: nodeId, attempt, is_open: isOpen, namespace, key } of rows) {
    const slot = { namespace, key, runId, nodeId, attempt };
    if (!isOpen || !(await isAtWork(store, slot))) found.push(slot);
  }
  return found;
}

async function isAtWork(store: Pick<RunStore, 'load'>, { runId, nodeId, attempt }: CallSlot): Promise<boolean> {
  const stored = await store.load(runId);
  if (stored === undefined) return false;
  try {
    const state = foldHistory(runId, stored.namespace, stored.rows);
    const node = state.nodes.get(nodeId);
    return !isTerminal(state.status) && node?.attempt === attempt && needsDispatch(node);
  } catch {
    // A gap, or a newer version's history: others look for that.
    return true;
  }
}

function defects(slots: readonly NamedSlot[]): Defects {
  const samples = slots.slice(0, SAMPLES).map(({ key, runId, nodeId }) => `${key} ${runId} ${nodeId}`);
  return { count: slots.length, samples };
}
