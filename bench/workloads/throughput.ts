/** W1, W2 and W3: runs in a closed loop, each one call that is answered with the run's result. */
import { measure } from '../accounting/measure.ts';
import { total } from '../accounting/process-tree.ts';
import { rounded } from '../load/statistics.ts';
import type { Figures } from '../report/cell.ts';
import { costFigures } from '../report/cost-figures.ts';
import { W1, W2, W3, W3_STEPS, type Graph } from './graphs.ts';
import type { Stage } from './stage.ts';

/** A workload in a closed loop. */
export interface Throughput {
  readonly graph: Graph;
  /** What the output of each run is, as it stands in the answer. */
  readonly expected: string;
  /** Steps of a run, where the figure asked for is steps a second. */
  readonly steps?: number;
}

export const THROUGHPUT: Readonly<Record<'w1' | 'w2' | 'w3', Throughput>> = {
  w1: { graph: W1, expected: '"output":"ok:ok:ok:' },
  w2: { graph: W2, expected: '"output":20' },
  w3: { graph: W3, expected: '"output":1', steps: W3_STEPS },
};

const WARM_UP = { concurrency: 16, maxRuns: 500 };
const ENDED = 200;

/** Stores the workflow and runs it until compilers, caches and connections are warm. */
export async function warmUp(stage: Stage, workload: Throughput, limits = WARM_UP): Promise<void> {
  await stage.api.applyWorkflow(workload.graph);
  const { errors, firstErrors } = await stage.load.perform({
    ...jobOf(stage, workload),
    ...limits,
    maxMs: stage.warmUpMs,
  });
  if (errors > 0) throw new Error(`${workload.graph.id} fails: ${firstErrors.join('; ')}`);
}

/** Measures for so long at a concurrency; `label` is the name of the cell for its CPU profiles. */
export async function measureThroughput(
  stage: Stage,
  workload: Throughput,
  { concurrency, maxMs, label }: { readonly concurrency: number; readonly maxMs: number; readonly label: string },
): Promise<Figures> {
  const job = { ...jobOf(stage, workload), concurrency, maxMs };
  const work = () => stage.profiled(label, () => stage.load.perform(job));
  const { result, cost } = await measure(stage.platform.processes(), stage.bench, work);
  const { runs, errors, firstErrors, seconds, p50Ms, p99Ms } = result;
  return {
    runs,
    errors,
    ...(errors > 0 ? { first_errors: firstErrors } : {}),
    runs_per_s: rounded(runs / seconds, 1),
    p50_ms: rounded(p50Ms, 2),
    p99_ms: rounded(p99Ms, 2),
    cpu_s_per_1000_runs: runs > 0 ? rounded((total(cost.cpuSeconds) / runs) * 1000, 3) : null,
    ...(workload.steps === undefined ? {} : { steps_per_s: rounded((runs * workload.steps) / seconds, 0) }),
    ...costFigures(cost),
  };
}

let jobs = 0;

function jobOf({ platform }: Stage, { graph, expected }: Throughput) {
  return {
    kind: 'runs',
    apiUrl: platform.apiUrl,
    path: `/api/v1/workflows/${graph.id}/run?wait=60s`,
    inputPrefix: `${graph.id}-${(jobs += 1)}-`,
    status: ENDED,
    expected: ['"state":"DONE"', expected],
  } as const;
}
