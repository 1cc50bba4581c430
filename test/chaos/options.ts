import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { faultKinds } from './faults/catalogue.ts';
import type { FaultKind } from './faults/fault.ts';
import { DEFAULT_SIZE, type SetSize } from './set/layout.ts';

/** What a session is to do. */
export interface Options {
  readonly seed: number;
  /** Rounds begin as long as this has not passed, in milliseconds. At least one does. */
  readonly timeMs: number;
  /** The only round to play. Undefined: from the first on. */
  readonly onlyRound: number | undefined;
  readonly kinds: readonly FaultKind[];
  /** Whether every round has all of them, one after the other, in their order. */
  readonly inTurn: boolean;
  readonly size: SetSize;
  /** Runs in a round, besides the canary's. */
  readonly runs: number;
  /** File for the report. Undefined: standard output. */
  readonly reportPath: string | undefined;
}

const SEED_LIMIT = 2 ** 31;
const DEFAULT_MINUTES = 5;
const DEFAULT_RUNS = 200;
const MINUTE_MS = 60_000;

export const USAGE = `npm run chaos -- [--minutes M] [--seed S] [--round K] [--faults a,b] [--in-turn]
                [--report FILE] [--runs N] [--schedulers N] [--executors N]`;

/** Reads the command line. Throws an error that says what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string' },
      round: { type: 'string' },
      faults: { type: 'string' },
      'in-turn': { type: 'boolean' },
      report: { type: 'string' },
      runs: { type: 'string' },
      schedulers: { type: 'string' },
      executors: { type: 'string' },
    },
  });
  const onlyRound = values.round === undefined ? undefined : whole('--round', values.round, 0);
  return {
    seed: values.seed === undefined ? randomInt(SEED_LIMIT) : whole('--seed', values.seed, 0),
    timeMs: onlyRound === undefined ? positive('--minutes', values.minutes, DEFAULT_MINUTES) * MINUTE_MS : 0,
    onlyRound,
    kinds: faultKinds(values.faults?.split(',').filter(Boolean) ?? []),
    inTurn: values['in-turn'] ?? false,
    size: {
      schedulers: whole('--schedulers', values.schedulers ?? String(DEFAULT_SIZE.schedulers), 1),
      executors: whole('--executors', values.executors ?? String(DEFAULT_SIZE.executors), 1),
    },
    runs: whole('--runs', values.runs ?? String(DEFAULT_RUNS), 1),
    reportPath: values.report,
  };
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value >= SEED_LIMIT) {
    throw new Error(`${name} is a whole number from ${least} on, not ${text}`);
  }
  return value;
}

function positive(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new Error(`${name} is a number above 0, not ${text}`);
  return value;
}
