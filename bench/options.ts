import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LargeRuns } from './workloads/large.ts';
import type { ParkedTimes } from './workloads/parked.ts';
import type { Fires } from './workloads/punctuality.ts';
import { MODES, type Mode } from './platform/platform.ts';

/** Workloads that can be measured, in the order in which they are. */
export const WORKLOADS = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8', 'w9', 'w10', 'w11', 'w12'] as const;
export type WorkloadName = (typeof WORKLOADS)[number];

/** What is measured. */
export interface BenchOptions {
  readonly workloads: readonly WorkloadName[];
  readonly modes: readonly Mode[];
  /** Clients at a time, of W1 to W3. */
  readonly concurrencies: readonly number[];
  /** Times that everything is measured; each with a platform started anew. */
  readonly rounds: number;
  /** Length of a cell of W1 to W3 and W11. */
  readonly cellMs: number;
  /** Longest warm-up before each workload. */
  readonly warmUpMs: number;
  /** Length of each figure of the yardstick. */
  readonly yardstickMs: number;
  /** Numbers of parked runs of W6. */
  readonly parked: readonly number[];
  readonly parkedTimes: ParkedTimes;
  /** Schedules of W7, and the time in which each fires once. */
  readonly fires: Fires;
  /** Runs of W8, items of W9 and W10. */
  readonly large: LargeRuns;
  /** Decisions of W12. */
  readonly decisions: number;
  /** Processes of each, where they are processes. */
  readonly schedulers: number;
  readonly executors: number;
  /** Whether sampled traces go to a collector. */
  readonly traces: boolean;
  /** Folder for CPU profiles of every cell and Node process; undefined: none are taken. */
  readonly profileDir: string | undefined;
  /** File that a JSON line for each cell is appended to. */
  readonly jsonFile: string | undefined;
}

const DEFAULTS = {
  workload: 'w1,w2,w3',
  mode: 'embedded',
  concurrency: '1,16,128',
  rounds: '1',
  seconds: '5',
  'warm-up-seconds': '3',
  'yardstick-seconds': '0.4',
  parked: '10000,100000',
  'settle-seconds': '25',
  'watch-seconds': '20',
  schedules: '1000',
  'schedule-seconds': '60',
  'long-runs': '5',
  items: '10000',
  'history-items': '50000',
  decisions: '10000',
  schedulers: '1',
  executors: '1',
};

/** Reads the command line. @throws Error that says what is wrong with it. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      workload: { type: 'string', default: DEFAULTS.workload },
      mode: { type: 'string', default: DEFAULTS.mode },
      concurrency: { type: 'string', default: DEFAULTS.concurrency },
      rounds: { type: 'string', default: DEFAULTS.rounds },
      seconds: { type: 'string', default: DEFAULTS.seconds },
      'warm-up-seconds': { type: 'string', default: DEFAULTS['warm-up-seconds'] },
      'yardstick-seconds': { type: 'string', default: DEFAULTS['yardstick-seconds'] },
      parked: { type: 'string', default: DEFAULTS.parked },
      'settle-seconds': { type: 'string', default: DEFAULTS['settle-seconds'] },
      'watch-seconds': { type: 'string', default: DEFAULTS['watch-seconds'] },
      schedules: { type: 'string', default: DEFAULTS.schedules },
      'schedule-seconds': { type: 'string', default: DEFAULTS['schedule-seconds'] },
      'long-runs': { type: 'string', default: DEFAULTS['long-runs'] },
      items: { type: 'string', default: DEFAULTS.items },
      'history-items': { type: 'string', default: DEFAULTS['history-items'] },
      decisions: { type: 'string', default: DEFAULTS.decisions },
      schedulers: { type: 'string', default: DEFAULTS.schedulers },
      executors: { type: 'string', default: DEFAULTS.executors },
      traces: { type: 'boolean', default: true },
      profile: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const milliseconds = (option: keyof typeof values & `${string}seconds`): number =>
    positive(`--${option}`, values[option], false) * 1000;
  return {
    workloads: oneOf('--workload', values.workload, WORKLOADS),
    modes: oneOf('--mode', values.mode, MODES),
    concurrencies: values.concurrency.split(',').map((text) => positive('--concurrency', text, true)),
    rounds: positive('--rounds', values.rounds, true),
    cellMs: milliseconds('seconds'),
    warmUpMs: milliseconds('warm-up-seconds'),
    yardstickMs: milliseconds('yardstick-seconds'),
    parked: values.parked.split(',').map((text) => positive('--parked', text, true)),
    parkedTimes: { settleMs: milliseconds('settle-seconds'), watchMs: milliseconds('watch-seconds') },
    fires: { count: positive('--schedules', values.schedules, true), periodMs: milliseconds('schedule-seconds') },
    large: {
      longRuns: positive('--long-runs', values['long-runs'], true),
      items: positive('--items', values.items, true),
      historyItems: positive('--history-items', values['history-items'], true),
    },
    decisions: positive('--decisions', values.decisions, true),
    schedulers: positive('--schedulers', values.schedulers, true),
    executors: positive('--executors', values.executors, true),
    traces: values.traces,
    profileDir: values.profile === undefined ? undefined : resolve(values.profile),
    jsonFile: values.json,
  };
}

function oneOf<Word extends string>(option: string, text: string, words: readonly Word[]): Word[] {
  return text.split(',').map((given) => {
    const word = words.find((each) => each === given);
    if (word === undefined) throw new Error(`${option} takes ${words.join(', ')}, separated by commas; not ${given}`);
    return word;
  });
}

function positive(option: string, text: string, whole: boolean): number {
  const value = Number(text);
  if (value > 0 && (Number.isInteger(value) || !whole) && Number.isFinite(value)) return value;
  throw new Error(`${option} takes ${whole ? 'whole ' : ''}numbers above 0; not ${text}`);
}
