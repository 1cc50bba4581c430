import type { DurationSummary } from '@skein/contracts/eventlog';
import { instantMs, spanText } from '../output/time.ts';

/** `p50 12 ms, p95 40 ms, p99 41 ms`; `-` where there are none. */
export function durationsText(summary: DurationSummary | undefined): string {
  const texts = (['p50', 'p95', 'p99'] as const).flatMap((name) => {
    const ms = instantMs(summary?.[name]);
    return ms === undefined ? [] : [`${name} ${spanText(ms)}`];
  });
  return texts.length === 0 ? '-' : texts.join(', ');
}

/** The time from so long ago until now, as requests have it. */
export function sinceMs(spanMs: number, nowMs: number): { readonly seconds: bigint; readonly nanos: number } {
  const atMs = nowMs - spanMs;
  return { seconds: BigInt(Math.floor(atMs / 1000)), nanos: Math.floor(atMs % 1000) * 1e6 };
}
