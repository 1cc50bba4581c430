/** W6: what runs cost that only wait, each for an agent to be asked again in an hour. */
import { setTimeout as delay } from 'node:timers/promises';
import { untilAtRest } from '../accounting/measure.ts';
import { cpuSeconds, pssMegabytes, readProcessTable, total, type ByPart } from '../accounting/process-tree.ts';
import { rounded } from '../load/statistics.ts';
import type { Figures } from '../report/cell.ts';
import { roundedParts } from '../report/cost-figures.ts';
import { countQueries } from './query-count.ts';
import { sequence } from './graphs.ts';
import type { Stage } from './stage.ts';
import { THROUGHPUT, warmUp } from './throughput.ts';

const W6 = sequence('bench-w6', 1, 'busy', { retry: { max_attempts: 3, initial: '1h', max: '1h' } });
const STARTERS = 64;
const START_LIMIT_MS = 1_800_000;
/** From the last start to the last call. */
const CALLS_LIMIT_MS = 120_000;
const WARM_UP = { concurrency: STARTERS, maxRuns: 2000 };

/** How long is waited and watched, in milliseconds. */
export interface ParkedTimes {
  /** Before each look, so that memory which is no longer used can be given back. */
  readonly settleMs: number;
  /** Length of each look. */
  readonly watchMs: number;
}

/** What a platform costs that has nothing to do. */
interface IdleCost {
  readonly pssMb: ByPart;
  /** Of one core. */
  readonly cpuByPart: ByPart;
  readonly queriesPerSecond: number;
}

/** Warms the platform up by as many clients as will start runs. */
export async function warmUpParked(stage: Stage): Promise<void> {
  await warmUp(stage, THROUGHPUT.w1, WARM_UP);
  await stage.api.applyWorkflow(W6);
}

/** Parks so many runs; they stay until the platform goes. */
export async function measureParked(stage: Stage, count: number, times: ParkedTimes): Promise<Figures> {
  const { load, agents, platform, api } = stage;
  const before = await watchIdle(stage, times);
  await agents.reset();
  const job = { kind: 'runs', apiUrl: platform.apiUrl, path: `/api/v1/workflows/${W6.id}/run` } as const;
  const expectation = { inputPrefix: 'w6-', status: 202, expected: ['"run_id":'] };
  const limits = { concurrency: STARTERS, maxRuns: count, maxMs: START_LIMIT_MS };
  const started = await load.perform({ ...job, ...expectation, ...limits });
  await agents.called(started.runs, CALLS_LIMIT_MS);
  const after = await watchIdle(stage, times);
  const open = (await api.countRuns(W6.id, 'RUNNING')) + (await api.countRuns(W6.id, 'WAITING'));
  const errors = started.errors + (started.runs - open);
  const { postgres: postgresBefore = 0, ...restBefore } = before.pssMb;
  const { postgres: postgresAfter = 0, ...restAfter } = after.pssMb;
  const grownMb = total(restAfter) - total(restBefore);
  return {
    runs: open,
    errors,
    ...(errors > 0 ? { first_errors: [...started.firstErrors, `${open} of ${started.runs} runs are open`] } : {}),
    runs_per_s: null,
    p50_ms: null,
    p99_ms: null,
    cpu_s_per_1000_runs: null,
    peak_pss_mb: rounded(total(after.pssMb), 0),
    starts_per_s: rounded(started.runs / started.seconds, 0),
    mb: rounded(grownMb, 1),
    mb_per_10000: rounded((grownMb / count) * 10_000, 1),
    mb_postgres: rounded(postgresAfter - postgresBefore, 1),
    queries_per_s: rounded(after.queriesPerSecond, 2),
    queries_per_s_before: rounded(before.queriesPerSecond, 2),
    cores: rounded(total(after.cpuByPart), 4),
    cores_before: rounded(total(before.cpuByPart), 4),
    cores_by_part: roundedParts(after.cpuByPart, 4),
    pss_mb_before: roundedParts(before.pssMb, 1),
    pss_mb: roundedParts(after.pssMb, 1),
  };
}

async function watchIdle({ platform }: Stage, { settleMs, watchMs }: ParkedTimes): Promise<IdleCost> {
  const processes = platform.processes();
  await untilAtRest(processes, START_LIMIT_MS);
  await delay(settleMs);
  const cpuBefore = cpuSeconds(readProcessTable(), processes);
  const fromMs = performance.now();
  const queriesPerSecond = await countQueries(await platform.databaseUrl(), platform.postgresLog, watchMs);
  const seconds = (performance.now() - fromMs) / 1000;
  const table = readProcessTable();
  const spent = Object.entries(cpuSeconds(table, processes)).map(([name, cpu]) => {
    return [name, (cpu - (cpuBefore[name] ?? 0)) / seconds] as const;
  });
  return { pssMb: pssMegabytes(table, processes), cpuByPart: Object.fromEntries(spent), queriesPerSecond };
}
