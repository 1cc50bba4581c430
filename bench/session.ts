/** Measures what the options ask for, round by round. */
import { mkdirSync } from 'node:fs';
import type { BenchOptions } from './options.ts';
import type { Cell } from './report/cell.ts';
import type { Mode } from './platform/platform.ts';
import { openStage, type Stage } from './workloads/stage.ts';
import { measureThroughput, THROUGHPUT, warmUp } from './workloads/throughput.ts';

/** Cells as they are measured. */
export async function* measureAll(options: BenchOptions): AsyncGenerator<Cell, void> {
  if (options.profileDir !== undefined) mkdirSync(options.profileDir, { recursive: true });
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const mode of options.modes) {
      await using stage = await openStage(stageOptions(options, mode));
      yield* measureRound(options, stage, round);
    }
  }
}

function stageOptions({ yardstickMs, schedulers, executors, profileDir }: BenchOptions, mode: Mode) {
  return { mode, yardstickMs, schedulers, executors, ...(profileDir && { profileDir }) };
}

async function* measureRound(options: BenchOptions, stage: Stage, round: number): AsyncGenerator<Cell, void> {
  const { mode } = stage.platform;
  const { profileDir, schedulers, executors } = options;
  const set = mode === 'distributed' ? { schedulers, executors } : {};
  for (const name of options.workloads) {
    const workload = THROUGHPUT[name];
    await warmUp(stage, workload);
    for (const concurrency of options.concurrencies) {
      const yardstick = await stage.yardstick();
      const label = `${mode}-${name}-c${concurrency}-${round}`;
      const figures = await measureThroughput(stage, workload, { concurrency, maxMs: options.cellMs, label });
      const at = new Date().toISOString();
      const marks = { ...set, ...(profileDir === undefined ? {} : { profiled: true }) };
      yield { engine: 'skein', mode, workload: name, concurrency, round, at, ...marks, ...figures, yardstick };
    }
  }
}
