/** Measures what the options ask for, round by round. */
import { mkdirSync } from 'node:fs';
import type { BenchOptions } from './options.ts';
import type { Mode } from './platform/platform.ts';
import type { Cell } from './report/cell.ts';
import { planCells, type PlannedCell } from './workloads/plan.ts';
import { openStage, type Stage } from './workloads/stage.ts';

/** Cells as they are measured. */
export async function* measureAll(options: BenchOptions): AsyncGenerator<Cell, void> {
  if (options.profileDir !== undefined) mkdirSync(options.profileDir, { recursive: true });
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const mode of options.modes) {
      for (const cells of byStage(planCells(options, mode))) {
        await using stage = await openStage(stageOptions(options, mode));
        yield* measureCells(options, stage, cells, round);
      }
    }
  }
}

/** Cells that share a platform, in order. */
function byStage(cells: readonly PlannedCell[]): PlannedCell[][] {
  const shared = cells.filter(({ alone }) => !alone);
  const single = cells.filter(({ alone }) => alone).map((cell) => [cell]);
  return shared.length > 0 ? [shared, ...single] : single;
}

function stageOptions({ profileDir, ...options }: BenchOptions, mode: Mode) {
  const { warmUpMs, traces, yardstickMs, schedulers, executors } = options;
  return { mode, warmUpMs, traces, yardstickMs, schedulers, executors, ...(profileDir && { profileDir }) };
}

async function* measureCells(
  options: BenchOptions,
  stage: Stage,
  cells: readonly PlannedCell[],
  round: number,
): AsyncGenerator<Cell, void> {
  const { mode } = stage.platform;
  const { schedulers, executors, profileDir } = options;
  const set = mode === 'distributed' ? { schedulers, executors } : {};
  const profiled = profileDir === undefined ? {} : { profiled: true };
  const warm = new Set<string>();
  for (const { workload, scenario, concurrency, warmUp, measure } of cells) {
    if (!warm.has(workload)) await warmUp(stage);
    warm.add(workload);
    const yardstick = await stage.yardstick();
    const what = (scenario ?? `c${concurrency}`).replaceAll(/\W+/g, '-');
    const figures = await measure(stage, `${mode}-${workload}-${what}-${round}`);
    const at = new Date().toISOString();
    const name = { engine: 'skein', mode, workload, ...(scenario === undefined ? {} : { scenario }), concurrency };
    yield { ...name, round, at, ...set, ...profiled, ...figures, yardstick };
  }
}
