import type { SeededRandom } from '@skein/testkit';

/** How unkind a world is. Probabilities are from 0 to 1; each world draws its own, many of them zero. */
export interface Profile {
  readonly schedulers: number;
  readonly executors: number;
  readonly runs: number;
  readonly namespaces: number;
  /** Time in which the clients come. */
  readonly arrivalMs: number;
  /** Tasks that one executor does at a time. */
  readonly concurrency: number;
  /** Time in which faults happen. After it everything is whole again and has to come to rest. */
  readonly unkindMs: number;
  /** Mean time between two sudden events: crashes, breaks, jumps. */
  readonly eventEveryMs: number;
  /** What sudden events there are, and how often each in proportion to the others. */
  readonly events: Readonly<Record<SuddenEvent, number>>;
  /** Longest way of a message or of a call of the store, one way. */
  readonly maxDelayMs: number;
  /** A call of the store fails, in one of the ways there are. */
  readonly storeFault: number;
  /** A scheduler dies within a call of the store. */
  readonly storeCrash: number;
  /** A message of the bus is lost. */
  readonly busLoss: number;
  /** A message of the bus comes twice. */
  readonly busRepeat: number;
  /** event-log fails to store what has come. */
  readonly historyFault: number;
  readonly busMaxPayloadBytes: number;
  /** Longest time for which a scheduler believes that it lives after the others have taken it for dead. */
  readonly unnoticedMs: number;
}

/** What happens suddenly. */
export type SuddenEvent =
  | 'scheduler_crash'
  | 'executor_crash'
  | 'stream_break'
  | 'exclusion'
  | 'store_outage'
  | 'bus_outage';

const KINDS: readonly SuddenEvent[] = [
  'scheduler_crash',
  'executor_crash',
  'stream_break',
  'exclusion',
  'store_outage',
  'bus_outage',
];

/** A world's profile. Worlds that have few kinds of fault find what a mixture of all would hide. */
export function drawProfile(random: SeededRandom): Profile {
  const sometimes = (probability: number) => (random.next() < 0.5 ? random.next() * probability : 0);
  const events = Object.fromEntries(
    KINDS.map((kind) => [kind, random.next() < 0.6 ? random.integer(1, 5) : 0]),
  ) as Record<SuddenEvent, number>;
  const unkindMs = random.pick([2000, 10_000, 30_000]);
  return {
    schedulers: random.integer(1, 3),
    executors: random.integer(1, 3),
    runs: random.pick([2, 5, 10, 20]),
    namespaces: random.integer(1, 2),
    arrivalMs: random.pick([1, 100, unkindMs]),
    concurrency: random.integer(1, 6),
    unkindMs,
    eventEveryMs: random.pick([150, 600, 3000, 10_000]),
    events,
    maxDelayMs: random.pick([1, 10, 80, 400]),
    storeFault: sometimes(0.3),
    storeCrash: sometimes(0.02),
    busLoss: sometimes(0.5),
    busRepeat: sometimes(0.3),
    historyFault: sometimes(0.4),
    busMaxPayloadBytes: random.pick([2048, 16_384, 1024 * 1024]),
    unnoticedMs: random.pick([1, 1, 500, 5000]),
  };
}

/** The same world without a fault. */
export function withoutFaults(profile: Profile): Profile {
  const none = { storeFault: 0, storeCrash: 0, busLoss: 0, busRepeat: 0, historyFault: 0 };
  return { ...profile, ...none, eventEveryMs: Number.POSITIVE_INFINITY };
}
