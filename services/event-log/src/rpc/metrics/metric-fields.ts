/** What the requests and answers of MetricsService share. */
import { create } from '@bufbuild/protobuf';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { DurationSummarySchema, type DurationSummary } from '@skein/contracts/eventlog';
import { durationOfMs, msOfTimestamp } from '@skein/events';
import type { MetricCount } from '../../app/metrics/metric-store.ts';
import { NO_DURATION_CLASS, percentileMs } from '../../domain/metric.ts';
import { invalidField } from '../request-fields.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The time that is meant. */
export function timeOf(
  { startTime, endTime }: { readonly startTime?: Timestamp | undefined; readonly endTime?: Timestamp | undefined },
  nowMs: number,
): { readonly fromMs: number; readonly untilMs: number } {
  const untilMs = endTime === undefined ? nowMs : msOfTimestamp(endTime);
  const fromMs = startTime === undefined ? untilMs - HOUR_MS : msOfTimestamp(startTime);
  if (fromMs >= untilMs) throw invalidField('start_time', 'give a time before end_time');
  return { fromMs: Math.floor(fromMs / MINUTE_MS) * MINUTE_MS, untilMs };
}

/** The sum of one figure. */
export function sumOf(counts: readonly MetricCount[], figure: (count: MetricCount) => number): number {
  return counts.reduce((sum, count) => sum + figure(count), 0);
}

/** Durations of these, summed up. */
export function durationsOf(all: readonly MetricCount[]): DurationSummary {
  const counts = all.filter(({ durationClass }) => durationClass !== NO_DURATION_CLASS);
  const percentile = (share: number) => {
    const ms = percentileMs(counts, share);
    return ms === undefined ? undefined : durationOfMs(Math.round(ms));
  };
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(percentile);
  return create(DurationSummarySchema, {
    count: BigInt(sumOf(counts, ({ count }) => count)),
    sum: durationOfMs(sumOf(counts, ({ durationMs }) => durationMs)),
    ...(p50 && { p50 }),
    ...(p95 && { p95 }),
    ...(p99 && { p99 }),
  });
}
