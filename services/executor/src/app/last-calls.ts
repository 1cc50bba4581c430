/** The wait for the calls under way at an instance that is taken out of the routes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { HostedDirectory, RegisteredInstance } from './hosted-directory.ts';

/** What this executor knows of calls at an instance, for where it is the only one that makes any. */
export interface OwnCalls {
  /** Whether its routes lead there no longer. */
  isOut(instance: RegisteredInstance): boolean;
  /** Calls under way. */
  inFlight(instance: RegisteredInstance): number;
}

/** One wait. */
export interface LastCallsOptions {
  readonly directory: Pick<HostedDirectory, 'inFlight'>;
  /** Undefined: other executors call it too. */
  readonly ownCalls: OwnCalls | undefined;
  /** Time until every executor has heard that an instance gets no more calls, and has told which it has under way. */
  readonly settleMs: number;
  readonly limitMs: number;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

const ASK_INTERVAL_MS = 250;
/** Nobody else is asked. */
const LOOK_INTERVAL_MS = 20;

/** Resolves when no call is under way at a drained instance, `limitMs` have passed, or `signal` fires. */
export async function afterLastCall(instance: RegisteredInstance, options: LastCallsOptions): Promise<void> {
  const { directory, ownCalls, settleMs, limitMs, signal } = options;
  const startMs = performance.now();
  const passedMs = (): number => performance.now() - startMs;
  const isIdle = async (): Promise<boolean> => {
    if (ownCalls?.isOut(instance) === true) return ownCalls.inFlight(instance) === 0;
    return passedMs() >= settleMs && (await directory.inFlight(instance)) === 0;
  };
  const intervalMs = ownCalls === undefined ? ASK_INTERVAL_MS : LOOK_INTERVAL_MS;
  while (!signal.aborted && passedMs() < limitMs && !(await isIdle())) {
    await delay(intervalMs, undefined, { signal }).catch(() => {});
  }
}
