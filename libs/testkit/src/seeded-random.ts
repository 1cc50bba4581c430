/** Random numbers that can be had again: a failing test names its seed, SKEIN_TEST_SEED brings it back. */
import { randomInt } from 'node:crypto';

/** A deterministic stream of numbers. */
export interface SeededRandom {
  readonly seed: number;
  /** In [0, 1). */
  next(): number;
  /** Whole number in [min, max]. */
  integer(min: number, max: number): number;
  /** One of the items; throws for none. */
  pick<T>(items: readonly T[]): T;
  /** A new array in random order. */
  shuffle<T>(items: readonly T[]): T[];
}

const SEED_LIMIT = 2 ** 31;

export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  // mulberry32: small, fast, and good enough to choose test cases.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    seed,
    next,
    integer,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[integer(0, items.length - 1)] as (typeof items)[number];
    },
    shuffle: (items) => {
      const keyed = items.map((item) => ({ item, key: next() }));
      return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
    },
  };
}

/** Runs a test with a fresh seed (or SKEIN_TEST_SEED); a failure says how to repeat it. */
export async function withSeed<T>(work: (random: SeededRandom) => T | Promise<T>): Promise<T> {
  const seed = Number(process.env['SKEIN_TEST_SEED'] ?? randomInt(SEED_LIMIT));
  try {
    return await work(seededRandom(seed));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${why}\nto repeat: SKEIN_TEST_SEED=${seed}`, { cause });
  }
}
