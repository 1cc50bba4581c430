/** W8 to W10: runs that are long, wide, or have a long history. */
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { measure } from '../accounting/measure.ts';
import { total } from '../accounting/process-tree.ts';
import { quantile, rounded } from '../load/statistics.ts';
import type { RunView } from '../platform/api.ts';
import type { Figures } from '../report/cell.ts';
import { costFigures } from '../report/cost-figures.ts';
import { mapOver, sequence } from './graphs.ts';
import type { Stage } from './stage.ts';

const STEPS = 1000;
/** JSON text that a step answers, in bytes: more than most agents say, for what an event needs beside it counts less. */
export const STEP_BYTES = 1024;
/** Steps that are compared with the last ones: the first few are those of a run that warms up. */
const WINDOW = 100;
const FIRST_STEP = 10;
const W8 = sequence('bench-w8', STEPS, 'kilobyte');
const W9 = mapOver('bench-w9', { type: 'agent', agent_id: 'noop' });
const W10 = mapOver('bench-w10', { type: 'transform', expression: 'item' });
const PAGE = 100;
const LOOKS = 20;

/** How much there is to do. */
export interface LargeRuns {
  /** Runs of W8. */
  readonly longRuns: number;
  /** Items of W9. */
  readonly items: number;
  /** Items of W10: a run has two events for each. */
  readonly historyItems: number;
}

/** Each of the three once, small. */
export async function warmUpLarge({ api }: Stage): Promise<void> {
  for (const workflow of [W8, W9, W10]) await api.applyWorkflow(workflow);
  await finished(api, W8.id, null);
  await finished(api, W9.id, { items: [1, 2, 3] });
  await finished(api, W10.id, { items: [1, 2, 3] });
}

/** W8: what a step costs in time and in storage, early and late in a run of 1,000. */
export async function measureLongRuns(stage: Stage, runs: number): Promise<Figures> {
  const { api, platform, bench } = stage;
  await using database = await connected(stage);
  const bytesBefore = await database.storedBytes();
  const latenciesMs: number[] = [];
  const early: number[] = [];
  const late: number[] = [];
  const { cost } = await measure(platform.processes(), bench, async () => {
    for (let count = 0; count < runs; count += 1) {
      const startedMs = performance.now();
      const { run_id: runId } = await finished(api, W8.id, null);
      latenciesMs.push(performance.now() - startedMs);
      const times = (await api.eventsOf(runId, 'node_succeeded')).map((event) => Date.parse(event.occurred_at));
      early.push(perStep(times, FIRST_STEP));
      late.push(perStep(times, STEPS - WINDOW - 1));
    }
  });
  const bytes = (await database.storedBytes()) - bytesBefore;
  return {
    runs,
    errors: 0,
    runs_per_s: null,
    p50_ms: rounded(quantile(latenciesMs, 0.5), 0),
    p99_ms: null,
    cpu_s_per_1000_runs: rounded((total(cost.cpuSeconds) / runs) * 1000, 0),
    step_ms_early: rounded(quantile(early, 0.5), 3),
    step_ms_late: rounded(quantile(late, 0.5), 3),
    late_to_early: rounded((quantile(late, 0.5) ?? Number.NaN) / (quantile(early, 0.5) ?? Number.NaN), 2),
    stored_to_payload: rounded(bytes / (runs * STEPS * STEP_BYTES), 2),
    ...costFigures(cost),
  };
}

/** W9: a map over many items, each a child run with one step in this process. */
export async function measureWideRun({ api, platform, bench }: Stage, items: number): Promise<Figures> {
  const { result: seconds, cost } = await measure(platform.processes(), bench, async () => {
    const startedMs = performance.now();
    await finished(api, W9.id, { items: counted(items) });
    return (performance.now() - startedMs) / 1000;
  });
  return {
    runs: 1,
    errors: 0,
    runs_per_s: null,
    p50_ms: null,
    p99_ms: null,
    cpu_s_per_1000_runs: null,
    all_done_s: rounded(seconds, 2),
    items_per_s: rounded(items / seconds, 0),
    cpu_s_per_1000_items: rounded((total(cost.cpuSeconds) / items) * 1000, 3),
    ...costFigures(cost),
  };
}

/** W10: how fast a long history opens at its beginning and its end, and how fast it is replayed. */
export async function measureLongHistory(stage: Stage, items: number): Promise<Figures> {
  const { api, platform, bench } = stage;
  const { run_id: runId, last_seq: lastSeq = 0 } = await finished(api, W10.id, { items: counted(items) });
  const firstMs = await looks(() => api.eventPage(runId, 0, PAGE));
  const lastMs = await looks(() => api.eventPage(runId, Math.max(0, lastSeq - PAGE), PAGE));
  const { result: replay, cost } = await measure(platform.processes(), bench, () => api.replay(runId));
  return {
    runs: 1,
    errors: replay.events === lastSeq ? 0 : 1,
    ...(replay.events === lastSeq ? {} : { first_errors: [`${replay.events} of ${lastSeq} events were replayed`] }),
    runs_per_s: null,
    p50_ms: null,
    p99_ms: null,
    cpu_s_per_1000_runs: null,
    events: lastSeq,
    first_page_p50_ms: rounded(quantile(firstMs, 0.5), 1),
    first_page_max_ms: rounded(quantile(firstMs, 1), 1),
    last_page_p50_ms: rounded(quantile(lastMs, 0.5), 1),
    last_page_max_ms: rounded(quantile(lastMs, 1), 1),
    replay_first_event_ms: rounded(replay.firstEventMs, 1),
    replay_events_per_s: rounded((replay.events / replay.totalMs) * 1000, 0),
    ...costFigures(cost),
  };
}

/** Mean time of a step, in milliseconds, over a window that begins at a step. */
function perStep(timesMs: readonly number[], from: number): number {
  return ((timesMs[from + WINDOW] ?? Number.NaN) - (timesMs[from] ?? Number.NaN)) / WINDOW;
}

async function looks(look: () => Promise<number>): Promise<number[]> {
  const took: number[] = [];
  for (let count = 0; count < LOOKS; count += 1) {
    const startedMs = performance.now();
    const entries = await look();
    if (entries < 1) throw new Error('a page of a long history is empty');
    took.push(performance.now() - startedMs);
  }
  return took;
}

async function finished(api: Stage['api'], workflowId: string, input: unknown): Promise<RunView> {
  const { run_id: runId } = await api.startRun(workflowId, input);
  for (;;) {
    const run = await api.awaitRun(runId, '5m');
    if (run.state === 'DONE') return run;
    if (run.state !== 'RUNNING') throw new Error(`run ${runId} of ${workflowId} is ${run.state}`);
  }
}

function counted(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** What is kept of runs, with its indices: what only passes through is not. */
const STORED_BYTES = `
select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
from pg_class c join pg_namespace n on n.oid = relnamespace
where relkind in ('r', 'p') and (nspname, relname) in
  (('scheduler', 'run'), ('scheduler', 'run_event'), ('event_log', 'run_event'), ('event_log', 'task_event'))`;

async function connected(stage: Stage) {
  const client = new pg.Client(await stage.platform.databaseUrl());
  await client.connect();
  return {
    storedBytes: async () => (await client.query<{ bytes: number }>(STORED_BYTES)).rows[0]?.bytes ?? 0,
    [Symbol.asyncDispose]: () => client.end(),
  };
}
