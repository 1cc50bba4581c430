import type { SeededRandom } from '@skein/testkit';
import type { Profile } from './profile.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What everything in a world lives in. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly trace: Trace;
  /** As it is at this moment. */
  readonly profile: () => Profile;
  /** What must never happen has happened: the world ends with this. */
  readonly violated: (invariant: string) => void;
  /** What the platform would keep in memory beyond the world's end is let go of here. */
  readonly atEnd: (callback: () => void) => void;
}

/** Whether something comes about that has this probability. */
export function chance({ random }: Surroundings, probability: number): boolean {
  return probability > 0 && random.next() < probability;
}

/** How long a message is on its way this time, in milliseconds. */
export function wayMs({ random, profile }: Surroundings): number {
  return random.integer(1, profile().maxDelayMs);
}

/** A promise that nobody ever settles: what the dead wait for. */
export function never<T>(): Promise<T> {
  return new Promise(() => {});
}

/** A process: everything it does ends at once when it dies. */
export class Life {
  readonly name: string;
  readonly #death = new AbortController();

  constructor(name: string) {
    this.name = name;
  }

  get alive(): boolean {
    return !this.#death.signal.aborted;
  }

  /** Aborts when it dies. */
  get signal(): AbortSignal {
    return this.#death.signal;
  }

  onDeath(callback: () => void): void {
    this.#death.signal.addEventListener('abort', callback);
  }

  die(): void {
    this.#death.abort();
  }
}

/** When the simulated clocks began, in milliseconds since 1970. */
export const EPOCH_MS = 1_750_000_000_000;

/** Ids that are UUIDs in the order of their making, and the same in every replay. Their last byte, the shard, may be changed. */
export class Ids {
  #last = 0;

  next(): string {
    this.#last += 1;
    const digits = this.#last.toString(16).padStart(10, '0');
    return `00000000-0000-7000-8000-${digits}${digits.slice(-2)}`;
  }
}
