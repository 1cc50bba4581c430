/** W11: how long it takes until reads know of a write that was answered. */
import { performance } from 'node:perf_hooks';
import { measure } from '../accounting/measure.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { quantile, rounded } from '../load/statistics.ts';
import type { Figures } from '../report/cell.ts';
import { costFigures } from '../report/cost-figures.ts';
import { sequence } from './graphs.ts';
import type { Stage } from './stage.ts';

const W11 = sequence('bench-w11', 1, 'echo');
const CLIENTS = 4;

/** A few runs. */
export async function warmUpOwnWrites({ api }: Stage): Promise<void> {
  await api.applyWorkflow(W11);
  const { run_id: runId } = await api.startRun(W11.id, null);
  await api.awaitRun(runId, '1m');
}

/** Each client starts a run and at once reads it, its events and the list, each up to the seq that the start was answered with. */
export async function measureOwnWrites({ api, platform, bench }: Stage, maxMs: number): Promise<Figures> {
  const took = { run: [] as number[], events: [] as number[], list: [] as number[] };
  const timed = async (latenciesMs: number[], read: () => Promise<boolean>): Promise<void> => {
    const startedMs = performance.now();
    if (!(await read())) throw new Error('a read does not know of a write that was answered');
    latenciesMs.push(performance.now() - startedMs);
  };
  const { result, cost } = await measure(platform.processes(), bench, () =>
    closedLoop({ concurrency: CLIENTS, maxMs }, async () => {
      const { run_id: runId, last_seq: seq = 0 } = await api.startRun(W11.id, null);
      await Promise.all([
        timed(took.run, async () => (await api.runKnown(runId, seq)).last_seq >= seq),
        timed(took.events, async () => (await api.eventsKnown(runId, seq)) >= seq),
        timed(took.list, async () => (await api.listKnown(runId, seq)).includes(runId)),
      ]);
    }),
  );
  const { runs, errors, firstErrors, seconds } = result;
  return {
    runs,
    errors,
    ...(errors === 0 ? {} : { first_errors: firstErrors }),
    runs_per_s: rounded(runs / seconds, 1),
    p50_ms: null,
    p99_ms: null,
    cpu_s_per_1000_runs: null,
    run_p99_ms: rounded(quantile(took.run, 0.99), 1),
    events_p50_ms: rounded(quantile(took.events, 0.5), 1),
    events_p99_ms: rounded(quantile(took.events, 0.99), 1),
    list_p99_ms: rounded(quantile(took.list, 0.99), 1),
    ...costFigures(cost),
  };
}
