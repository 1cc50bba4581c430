import { Ownership } from '../app/ownership.ts';

/** How a test may change what a lone scheduler believes. */
export interface SoleOwnershipOptions {
  /** Whether it can be sure that it lives. Default: always. */
  readonly isFresh?: () => boolean;
  /** Milliseconds of a clock that only goes forward. Default: those of this process. */
  readonly monotonicMs?: () => number;
}

/** A lone scheduler's view: every run is its own. */
export function soleOwnership({
  isFresh = () => true,
  monotonicMs = () => performance.now(),
}: SoleOwnershipOptions = {}): Ownership {
  const ownership = new Ownership({ schedulerId: 'sole', isFresh, monotonicMs });
  ownership.update([{ schedulerId: 'sole', address: '127.0.0.1:1', historyVersion: 1 }]);
  return ownership;
}

/** Every shard there is. */
export const ALL_SHARDS: readonly number[] = soleOwnership().shards;
