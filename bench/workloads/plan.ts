/** Which cells there are. */
import type { BenchOptions, WorkloadName } from '../options.ts';
import type { Mode } from '../platform/platform.ts';
import type { Figures } from '../report/cell.ts';
import { measureLongHistory, measureLongRuns, measureWideRun, warmUpLarge } from './large.ts';
import { measureOwnWrites, warmUpOwnWrites } from './own-writes.ts';
import { measureParked, warmUpParked } from './parked.ts';
import { measureRecovery, RECOVERY, RECOVERY_SCENARIOS, warmUpRecovery } from './recovery.ts';
import { measureRouting, ROUTING_SCENARIOS } from './routing.ts';
import { FIRE_SCENARIOS, measurePunctuality, warmUpPunctuality } from './punctuality.ts';
import type { Stage } from './stage.ts';
import { measureStreams, STREAM_SCENARIOS, warmUpStreams } from './streams.ts';
import { measureThroughput, THROUGHPUT, warmUp } from './throughput.ts';

/** One cell that is to be measured. */
export interface PlannedCell {
  readonly workload: WorkloadName;
  readonly scenario?: string;
  readonly concurrency: number;
  /** It needs a platform that nothing was done on, and leaves one that is good for nothing else. */
  readonly alone: boolean;
  /** Done once for the workload on each platform. */
  readonly warmUp: (stage: Stage) => Promise<void>;
  /** `label` names the cell where files are kept of it. */
  readonly measure: (stage: Stage, label: string) => Promise<Figures>;
}

/** The cells of one round in one mode, in order. */
export function planCells(options: BenchOptions, mode: Mode): PlannedCell[] {
  return options.workloads.flatMap((workload) => {
    switch (workload) {
      case 'w1':
      case 'w2':
      case 'w3':
        return throughputCells(options, workload);
      case 'w4':
        return STREAM_SCENARIOS.map((scenario): PlannedCell => ({
          workload,
          scenario: scenario.scenario,
          concurrency: scenario.streams,
          alone: false,
          warmUp: warmUpStreams,
          measure: (stage, label) => measureStreams(stage, scenario, label),
        }));
      case 'w5':
        return RECOVERY_SCENARIOS[mode].map((scenario): PlannedCell => ({
          workload,
          scenario: scenario.scenario,
          concurrency: RECOVERY.runs,
          alone: true,
          warmUp: warmUpRecovery,
          measure: (stage) => measureRecovery(stage, scenario),
        }));
      case 'w6':
        return options.parked.map((count): PlannedCell => ({
          workload,
          scenario: `${count} parked`,
          concurrency: count,
          alone: true,
          warmUp: warmUpParked,
          measure: (stage) => measureParked(stage, count, options.parkedTimes),
        }));
      case 'w7':
        return FIRE_SCENARIOS.map((scenario): PlannedCell => ({
          workload,
          scenario: `${options.fires.count} ${scenario}`,
          concurrency: options.fires.count,
          alone: false,
          warmUp: warmUpPunctuality,
          measure: (stage) => measurePunctuality(stage, options.fires, scenario),
        }));
      case 'w8':
        return [large(workload, '1000 steps', (stage) => measureLongRuns(stage, options.large.longRuns))];
      case 'w9':
        return [large(workload, `${options.large.items} items`, (stage) => measureWideRun(stage, options.large.items))];
      case 'w10': {
        const { historyItems } = options.large;
        return [large(workload, `${historyItems} items`, (stage) => measureLongHistory(stage, historyItems))];
      }
      case 'w12':
        return ROUTING_SCENARIOS.map((scenario): PlannedCell => ({
          workload,
          scenario: scenario.scenario,
          concurrency: 1,
          alone: false,
          warmUp: async () => {},
          measure: () => measureRouting(scenario, options.decisions),
        }));
      case 'w11': {
        const cell = { workload, scenario: 'own writes', concurrency: 4, alone: false, warmUp: warmUpOwnWrites };
        return [{ ...cell, measure: (stage) => measureOwnWrites(stage, options.cellMs) }];
      }
    }
  });
}

/** Alone: what is stored by others would count. */
function large(workload: WorkloadName, scenario: string, measure: (stage: Stage) => Promise<Figures>): PlannedCell {
  return { workload, scenario, concurrency: 1, alone: true, warmUp: warmUpLarge, measure };
}

function throughputCells({ concurrencies, cellMs }: BenchOptions, workload: 'w1' | 'w2' | 'w3'): PlannedCell[] {
  return concurrencies.map((concurrency) => ({
    workload,
    concurrency,
    alone: false,
    warmUp: (stage) => warmUp(stage, THROUGHPUT[workload]),
    measure: (stage, label) => measureThroughput(stage, THROUGHPUT[workload], { concurrency, maxMs: cellMs, label }),
  }));
}
