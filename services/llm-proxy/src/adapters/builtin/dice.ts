import { createHash } from 'node:crypto';
import type { Question } from '../../domain/question.ts';

/** Numbers that are the same for the same question and seed. */
export interface Dice {
  /** A whole number in [min, max]. */
  integer(min: number, max: number): number;
  /** In [0, 1). */
  fraction(): number;
  /** One of the items; throws for none. */
  pick<T>(items: readonly T[]): T;
}

/** Dice for a question: its conversation and its seed decide every throw. `salt` makes other ones for the same. */
export function diceFor({ messages, seed }: Question, salt = ''): Dice {
  const hash = createHash('sha256')
    .update(JSON.stringify([String(seed ?? 0n), messages, salt]))
    .digest();
  let state = hash.readUInt32LE(0);
  // mulberry32: small, fast, and good enough to choose words.
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (min: number, max: number): number => min + Math.floor(fraction() * (max - min + 1));
  return {
    fraction,
    integer,
    pick(items) {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[integer(0, items.length - 1)] as (typeof items)[number];
    },
  };
}
