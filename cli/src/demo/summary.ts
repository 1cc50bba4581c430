import { NodeState, RunState, type Run } from '@skein/contracts/scheduler';
import { instantMs } from '../output/time.ts';
import { categoryOf } from './answer.ts';
import type { Ticket } from './tickets.ts';

/** A ticket and what became of it. */
export interface TicketResult {
  readonly ticket: Ticket;
  readonly run: Run;
}

/** What a whole demo came to. Times in milliseconds. */
export interface Summary {
  readonly runs: number;
  readonly done: number;
  readonly failed: number;
  readonly nodes: number;
  readonly failed_nodes: number;
  readonly judged: number;
  readonly correct: number;
  /** Share of the judged tickets that were classified as expected; 1 where none was judged. */
  readonly accuracy: number;
  readonly latency_ms: { readonly p50: number; readonly p90: number; readonly p99: number };
  readonly wall_ms: number;
  /** From the start of the process to the end of the first run. */
  readonly first_run_ms: number;
}

/** Sums up. `others` are runs that count but are not judged. */
export function summarize(
  judgedResults: readonly TicketResult[],
  others: readonly TicketResult[],
  times: { readonly wallMs: number; readonly firstRunMs: number },
): Summary {
  const runs = [...judgedResults, ...others].map(({ run }) => run);
  const nodes = runs.flatMap((run) => run.nodes).filter(({ state }) => state !== NodeState.SKIPPED);
  const judged = judgedResults.filter(({ ticket }) => ticket.expectedCategory !== '');
  const correct = judged.filter(isCorrect).length;
  const done = runs.filter(({ state }) => state === RunState.DONE).length;
  const latencies = runs.map(tookMs).toSorted((a, b) => a - b);
  return {
    runs: runs.length,
    done,
    failed: runs.length - done,
    nodes: nodes.length,
    failed_nodes: nodes.filter(({ state }) => state === NodeState.FAILED).length,
    judged: judged.length,
    correct,
    accuracy: judged.length === 0 ? 1 : correct / judged.length,
    latency_ms: { p50: percentile(latencies, 0.5), p90: percentile(latencies, 0.9), p99: percentile(latencies, 0.99) },
    wall_ms: Math.round(times.wallMs),
    first_run_ms: Math.round(times.firstRunMs),
  };
}

/** Whether a ticket was classified as expected. */
export function isCorrect({ ticket, run }: TicketResult): boolean {
  return categoryOf(run) === ticket.expectedCategory;
}

/** How long a run took, by the platform's clock. */
export function tookMs(run: Run): number {
  return Math.max(0, (instantMs(run.endedAt) ?? 0) - (instantMs(run.createdAt) ?? 0));
}

/** The least value that `share` of the sorted values do not exceed; 0 of none. */
export function percentile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
}
