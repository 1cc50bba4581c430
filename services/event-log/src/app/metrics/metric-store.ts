import type { DurationCount } from '../../domain/metric.ts';

/** Whose metrics, and of which time: milliseconds since 1970, the end exclusive. */
export interface MetricQuery {
  readonly namespace: string;
  readonly kind: 'agent' | 'workflow';
  readonly subjectId: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What was counted of one version, instance, outcome and class of durations. */
export interface MetricCount extends DurationCount {
  readonly version: string;
  readonly instanceId: string;
  readonly outcome: string;
  readonly durationMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
}

/** Port: what was counted. */
export interface MetricStore {
  read(query: MetricQuery): Promise<MetricCount[]>;
  /** Messages that the agent sent and was sent in the time, as far as they are kept. */
  countMessages(query: MetricQuery): Promise<{ readonly sent: number; readonly received: number }>;
  /** Turns minutes that are older into hours, some at a time; answers how many rows. */
  rollUp(ageMs: number, limit: number): Promise<number>;
  /** Deletes what is older, some at a time; answers how many rows. */
  forget(ageMs: number, limit: number): Promise<number>;
}

const ROLL_UP_AFTER_MS = 24 * 60 * 60 * 1000;
const PAGE = 5000;
const MAX_PAGES_A_ROUND = 20;

/** One round of keeping the counts few. */
export async function tidyMetrics(metrics: MetricStore, retentionMs: number): Promise<void> {
  for (let pages = 0; pages < MAX_PAGES_A_ROUND; pages += 1) {
    const rolledUp = await metrics.rollUp(ROLL_UP_AFTER_MS, PAGE);
    const deleted = await metrics.forget(retentionMs, PAGE);
    if (rolledUp < PAGE && deleted < PAGE) return;
  }
}
