/** W7: how late the runs of schedules are, spread over a period or all at one moment. */
import { setTimeout as delay } from 'node:timers/promises';
import { measure } from '../accounting/measure.ts';
import { total } from '../accounting/process-tree.ts';
import { quantile, rounded } from '../load/statistics.ts';
import type { ListedRun } from '../platform/api.ts';
import type { Figures } from '../report/cell.ts';
import { costFigures } from '../report/cost-figures.ts';
import { sequence } from './graphs.ts';
import type { Stage } from './stage.ts';
import { THROUGHPUT, warmUp } from './throughput.ts';

const W7 = sequence('bench-w7', 1, 'echo');
const MAKERS = 16;
/** Time to make the schedules before the first of them fires. */
const LEAD_MS = 5000;
const LEAD_EACH_MS = 15;
/** Longest wait for the last runs to end. */
const END_LIMIT_MS = 30_000;
const WARM_UP = { count: 100, periodMs: 2000 };

/** How many schedules, each of which fires once within a period. */
export interface Fires {
  readonly count: number;
  /** In milliseconds; at least a second. */
  readonly periodMs: number;
}

/** When in the period they fire. */
export const FIRE_SCENARIOS = ['spread', 'at once'] as const;
export type FireScenario = (typeof FIRE_SCENARIOS)[number];

/** Runs the agent, and then some schedules, until everything is warm. */
export async function warmUpPunctuality(stage: Stage): Promise<void> {
  await warmUp(stage, THROUGHPUT.w1);
  await stage.api.applyWorkflow(W7);
  const { errors, first_errors: firstErrors } = await measurePunctuality(stage, WARM_UP, 'spread');
  if (errors > 0) throw new Error(`${W7.id} fails: ${firstErrors?.join('; ')}`);
}

let sets = 0;

/** Makes the schedules, lets each fire once, and reads from the runs how late they were. */
export async function measurePunctuality(
  { api, platform, bench }: Stage,
  { count, periodMs }: Fires,
  scenario: FireScenario,
): Promise<Figures> {
  const prefix = `w7-${(sets += 1)}-`;
  const beginMs = Date.now() + LEAD_MS + count * LEAD_EACH_MS;
  const endMs = beginMs + periodMs;
  const fireMs = (index: number) => beginMs + (scenario === 'spread' ? (index * periodMs) / count : periodMs / 2);
  const ids = Array.from({ length: count }, (_, index) => `${prefix}${index}`);
  await inParallel(ids, (id, index) => {
    const offsetMs = Math.round(fireMs(index)) % periodMs;
    return api.createSchedule(id, {
      intervals: [{ every: `${periodMs}ms`, ...(offsetMs === 0 ? {} : { offset: `${offsetMs}ms` }) }],
      start_time: new Date(beginMs).toISOString(),
      end_time: new Date(endMs).toISOString(),
      action: { workflow: { workflow_id: W7.id }, input: prefix },
    });
  });
  const spareMs = beginMs - Date.now();
  if (spareMs <= 0) throw new Error(`the schedules took ${-spareMs} ms longer to make than they had`);
  await delay(spareMs);
  const { result: runs, cost } = await measure(platform.processes(), bench, async () => {
    await delay(endMs - Date.now());
    return ended(() => api.runsOf(W7.id), prefix, count);
  });
  await inParallel(ids, (id) => api.deleteSchedule(id));
  const done = runs.filter(({ state }) => state === 'DONE');
  const created = done.map((run) => Date.parse(run.created_at) - fireTimeOf(run));
  const finished = done.map((run) => Date.parse(run.ended_at ?? '') - fireTimeOf(run));
  const errors = count - done.length + created.filter((ms) => ms < 0).length;
  return {
    runs: done.length,
    errors,
    ...(errors > 0 ? { first_errors: [`${done.length} of ${count} runs are done`] } : {}),
    runs_per_s: null,
    p50_ms: null,
    p99_ms: null,
    cpu_s_per_1000_runs: rounded((total(cost.cpuSeconds) / count) * 1000, 3),
    delay_p50_ms: rounded(quantile(created, 0.5), 1),
    delay_p99_ms: rounded(quantile(created, 0.99), 1),
    delay_max_ms: rounded(quantile(created, 1), 1),
    done_p50_ms: rounded(quantile(finished, 0.5), 1),
    done_p99_ms: rounded(quantile(finished, 0.99), 1),
    fires_per_min: rounded((count / periodMs) * 60_000, 0),
    ...costFigures(cost),
  };
}

/** The runs of one set, once so many have ended. */
async function ended(
  list: () => Promise<readonly ListedRun[]>,
  prefix: string,
  count: number,
): Promise<readonly ListedRun[]> {
  const limitMs = performance.now() + END_LIMIT_MS;
  for (;;) {
    const runs = (await list()).filter(({ labels }) => labels['skein.schedule_id']?.startsWith(prefix));
    const isDone = runs.length >= count && runs.every((run) => run.ended_at !== undefined);
    if (isDone || performance.now() > limitMs) return runs;
    await delay(250);
  }
}

function fireTimeOf({ labels }: ListedRun): number {
  return Date.parse(labels['skein.fire_time'] ?? '');
}

async function inParallel(ids: readonly string[], work: (id: string, index: number) => Promise<void>): Promise<void> {
  const waiting = ids.entries();
  const worker = async (): Promise<void> => {
    for (const [index, id] of waiting) await work(id, index);
  };
  await Promise.all(Array.from({ length: MAKERS }, worker));
}
