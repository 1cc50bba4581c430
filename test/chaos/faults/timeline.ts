import { setTimeout as delay } from 'node:timers/promises';
import type { Silence } from '../checker/history.ts';
import type { Interval } from '../checker/interval.ts';
import type { ChaosSet } from '../set/chaos-set.ts';
import type { TimedFault } from './plan.ts';

/** A fault that has happened. */
export interface Happened extends Interval {
  readonly kind: string;
  readonly text: string;
  readonly silences: readonly string[];
  readonly holds: boolean;
}

/**
 * Lets each fault happen at its time; resolves when all are undone and what they hurt can work again. `onHurt` is told when
 * one has begun.
 */
export function unleash(
  set: ChaosSet,
  faults: readonly TimedFault[],
  onHurt: () => void,
): Promise<readonly Happened[]> {
  return Promise.all(
    faults.map(async ({ fault, atMs }) => {
      await delay(atMs);
      const fromMs = Date.now();
      await fault.inflict(set);
      onHurt();
      await delay(fault.lastsMs);
      await fault.heal(set);
      const { kind, text, silences, holds } = fault;
      return { kind, text, silences, holds, fromMs, toMs: Date.now() };
    }),
  );
}

/** Who was silent, and when. */
export function silencesOf(happened: readonly Happened[]): Silence[] {
  return happened.flatMap(({ silences, fromMs, toMs }) => silences.map((who) => ({ who, fromMs, toMs })));
}
