/** A small run again and again, to tell from outside when the platform works and when it does not. */
import { setTimeout as delay } from 'node:timers/promises';
import { valueOfJson } from '@skein/events';
import type { Surroundings } from './client.ts';
import { persist } from './patience.ts';

/** One small run, from its first request until its result was there. */
export interface CanaryRun {
  readonly startedAtMs: number;
  /** Undefined: it never was. */
  readonly answeredAtMs: number | undefined;
}

/** Sequences that a canary runs: their id, which is also that of their workflow. */
export const CANARY = 'sequence';
const PAUSE_MS = 100;
const TRY_MS = 2000;

/** Starts one small run after the other until it is told to stop; then ends the last one. */
export async function sing(around: Surroundings, requestPrefix: string, stop: AbortSignal): Promise<CanaryRun[]> {
  const runs: CanaryRun[] = [];
  for (let count = 0; !stop.aborted && !around.signal.aborted; count += 1) {
    const startedAtMs = Date.now();
    const answered = await singOnce(around, `${requestPrefix}-canary-${count}`).then(
      () => true,
      () => false,
    );
    runs.push({ startedAtMs, answeredAtMs: answered ? Date.now() : undefined });
    await delay(PAUSE_MS, undefined, { signal: stop }).catch(() => undefined);
  }
  return runs;
}

async function singOnce({ clients, namespace, signal }: Surroundings, requestId: string): Promise<void> {
  const request = {
    namespace,
    target: { case: 'workflow' as const, value: { workflowId: CANARY } },
    input: valueOfJson({ value: 1, ms: 0 }),
    requestId,
    labels: { order: 'canary' },
    waitTimeout: { seconds: 1n },
  };
  for (;;) {
    const { run } = await persist((options) => clients.runs.startRun(request, options), {
      timeoutMs: TRY_MS,
      signal,
      tries: { reasons: new Map() },
    });
    if (run?.endedAt !== undefined) return;
  }
}
