/** What happens in a round, drawn from a seed. */
import { seededRandom } from '@skein/testkit';
import { drawOrders, type Order } from '../load/order.ts';
import type { SetSize } from '../set/layout.ts';
import type { FaultKind, PlannedFault } from './fault.ts';

/** A fault and its time. */
export interface TimedFault {
  readonly fault: PlannedFault;
  /** After the beginning of the load, in milliseconds. */
  readonly atMs: number;
}

export interface RoundPlan {
  readonly seed: number;
  readonly round: number;
  readonly orders: readonly Order[];
  /** Time over which the orders come, in milliseconds. */
  readonly loadMs: number;
  readonly faults: readonly TimedFault[];
}

/** What a round is drawn from. */
export interface PlanOptions {
  readonly seed: number;
  /** From 0. */
  readonly round: number;
  readonly kinds: readonly FaultKind[];
  readonly size: SetSize;
  /** Orders in a round. */
  readonly runs: number;
}

const LEAD_MS = [1500, 3000] as const;
/** The load goes on for a while after a fault. */
const TAIL_MS = 2500;

/**
 * A round of the endless schedule of a seed: each kind of fault once, in an order of its own, then each again beside
 * another one, and so on.
 */
export function planRound({ seed, round, kinds, size, runs }: PlanOptions): RoundPlan {
  const pass = Math.floor(round / kinds.length);
  const deck = seededRandom(mixed(seed, pass)).shuffle(kinds);
  const random = seededRandom(mixed(seed, round + 1_000_000));
  const first = deck[round % kinds.length] ?? random.pick(kinds);
  const together = pass === 0 ? [first] : [first, random.pick(kinds)];
  const faults = together.map((kind): TimedFault => {
    const atMs = random.integer(...LEAD_MS);
    return { fault: kind.draw(random, size), atMs };
  });
  const loadMs = Math.max(...faults.map(({ fault, atMs }) => atMs + fault.lastsMs)) + TAIL_MS;
  return { seed, round, orders: drawOrders(mixed(seed, round), runs, loadMs), loadMs, faults };
}

/** One round with several faults, one after the other, each a while after the end of the one before. */
export function planSequence(options: PlanOptions): RoundPlan {
  const { seed, round, kinds, size, runs } = options;
  const random = seededRandom(mixed(seed, round + 1_000_000));
  let atMs = 0;
  const faults = kinds.map((kind): TimedFault => {
    atMs += random.integer(...LEAD_MS);
    const timed = { fault: kind.draw(random, size), atMs };
    atMs += timed.fault.lastsMs;
    return timed;
  });
  const loadMs = atMs + TAIL_MS;
  return { seed, round, orders: drawOrders(mixed(seed, round), runs, loadMs), loadMs, faults };
}

/** A seed of its own for each number, such that neighbours have nothing in common. */
function mixed(seed: number, number: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 15)) >>> 0;
}
