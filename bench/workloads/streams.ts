/** W4: from an agent's write of a chunk to its receipt by a client that follows the run through the gateway. */
import { measure } from '../accounting/measure.ts';
import { total } from '../accounting/process-tree.ts';
import { rounded } from '../load/statistics.ts';
import type { Figures } from '../report/cell.ts';
import { costFigures } from '../report/cost-figures.ts';
import { sequence } from './graphs.ts';
import type { Stage } from './stage.ts';

/** So many streams at a time. */
export interface StreamScenario {
  readonly scenario: string;
  readonly streams: number;
  readonly chunks: number;
  readonly gapMs: number;
}

export const STREAM_SCENARIOS: readonly StreamScenario[] = [
  { scenario: '1 stream, 10 ms', streams: 1, chunks: 300, gapMs: 10 },
  { scenario: '16 streams, 50 ms', streams: 16, chunks: 60, gapMs: 50 },
  { scenario: 'flat out', streams: 1, chunks: 20_000, gapMs: 0 },
];

const W4 = sequence('bench-w4', 1, 'talker');
const WARM_UP = { streams: 1, chunks: 200, gapMs: 0 };

/** Stores the workflow and follows a stream or two until compilers and connections are warm. */
export async function warmUpStreams(stage: Stage): Promise<void> {
  await stage.api.applyWorkflow(W4);
  for (let times = 0; times < 3; times += 1) {
    const { errors, firstErrors } = await stage.load.perform({ ...jobOf(stage), ...WARM_UP });
    if (errors > 0) throw new Error(`${W4.id} fails: ${firstErrors.join('; ')}`);
  }
}

export async function measureStreams(stage: Stage, scenario: StreamScenario, label: string): Promise<Figures> {
  const { streams, chunks, gapMs } = scenario;
  const job = { ...jobOf(stage), streams, chunks, gapMs };
  const work = () => stage.profiled(label, () => stage.load.perform(job));
  const { result, cost } = await measure(stage.platform.processes(), stage.bench, work);
  return {
    runs: result.streams,
    errors: result.errors,
    ...(result.errors > 0 ? { first_errors: result.firstErrors } : {}),
    runs_per_s: null,
    p50_ms: null,
    p99_ms: null,
    cpu_s_per_1000_runs: null,
    chunks: result.chunks,
    chunks_per_s: rounded(result.chunks / result.seconds, 0),
    chunk_p50_ms: rounded(result.p50Ms, 3),
    chunk_p99_ms: rounded(result.p99Ms, 3),
    cpu_s_per_1000_chunks: result.chunks > 0 ? rounded((total(cost.cpuSeconds) / result.chunks) * 1000, 3) : null,
    ...costFigures(cost),
  };
}

function jobOf({ platform, agents }: Stage) {
  const path = `/api/v1/workflows/${W4.id}/run`;
  return { kind: 'streams', apiUrl: platform.apiUrl, agentsUrl: agents.url, path } as const;
}
