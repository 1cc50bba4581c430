/** Measures what the options ask for, round by round. */
import type { BenchOptions } from './options.ts';
import { openStage, type Stage } from './workloads/stage.ts';
import { measureThroughput, THROUGHPUT, warmUp } from './workloads/throughput.ts';
import type { Cell } from './report/cell.ts';

/** Cells as they are measured. */
export async function* measureAll(options: BenchOptions): AsyncGenerator<Cell, void> {
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const _mode of options.modes) {
      await using stage = await openStage({ yardstickMs: options.yardstickMs });
      yield* measureRound(options, stage, round);
    }
  }
}

async function* measureRound(options: BenchOptions, stage: Stage, round: number): AsyncGenerator<Cell, void> {
  for (const name of options.workloads) {
    const workload = THROUGHPUT[name];
    await warmUp(stage, workload);
    for (const concurrency of options.concurrencies) {
      const yardstick = await stage.yardstick();
      const figures = await measureThroughput(stage, workload, { concurrency, maxMs: options.cellMs });
      const { mode } = stage.platform;
      const at = new Date().toISOString();
      yield { engine: 'skein', mode, workload: name, concurrency, round, at, ...figures, yardstick };
    }
  }
}
