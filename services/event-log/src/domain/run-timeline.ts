/**
 * When what happened in a run, read off its events one by one.
 *
 * L1. Spans of a node do not overlap: what begins ends what was before.
 * L2. Times are the scheduler's, which decided the events. When a call began its executor says; that counts as far as it
 *     fits between what the scheduler saw.
 * L3. What a call is of is not looked at: every event that says when a call began, or how it went, is read alike.
 */
import type { RunEvent } from '@skein/contracts/event';
import type { Failure } from '@skein/contracts/type';
import { eventName, msOfTimestamp } from '@skein/events';

/** What a node does: `NodeActivity` of the contract. */
export type Activity = 'QUEUED' | 'RUNNING' | 'BACKOFF' | 'WAITING' | 'CHILDREN';

/** A time in which a node did one thing. */
export interface Span {
  readonly activity: Activity;
  readonly fromMs: number;
  /** Zero: none. */
  readonly attempt: number;
  /** Undefined: it still does. */
  toMs: number | undefined;
  failure: Failure | undefined;
}

/** When what happened to one node. */
export interface NodeLine {
  readonly nodeId: string;
  readonly firstMs: number;
  readonly spans: readonly Span[];
  readonly attempts: number;
  readonly endedMs: number | undefined;
  /** Empty: it is open. */
  readonly outcome: string;
}

/** When what happened in a run. */
export interface Timeline {
  readonly workflowId: string;
  readonly startedMs: number;
  readonly endedMs: number | undefined;
  /** Name of the last event; empty: the run is open. */
  readonly outcome: string;
  readonly lastSeq: number;
  readonly nodes: readonly NodeLine[];
}

interface Line {
  readonly nodeId: string;
  readonly firstMs: number;
  readonly spans: Span[];
  attempts: number;
  endedMs: number | undefined;
  outcome: string;
}

type EventCase = NonNullable<RunEvent['event']['case']>;

const WAITS: ReadonlySet<EventCase> = new Set(['waitStarted', 'signalAwaited', 'approvalRequired']);
const RUN_ENDS: ReadonlySet<EventCase> = new Set(['runDone', 'runFailed', 'runCancelled', 'runTerminated']);
const NODE_ENDS: ReadonlyMap<EventCase, string> = new Map([
  ['nodeSucceeded', 'succeeded'],
  ['nodeFailed', 'failed'],
  ['nodeSkipped', 'skipped'],
  ['nodeCancelled', 'cancelled'],
]);

/** Gathers a time line. Events come in order, from the first. */
export class TimelineFold {
  readonly #lines = new Map<string, Line>();
  #workflowId = '';
  #startedMs = 0;
  #endedMs: number | undefined;
  #outcome = '';
  #lastSeq = 0;

  get timeline(): Timeline {
    return {
      workflowId: this.#workflowId,
      startedMs: this.#startedMs,
      endedMs: this.#endedMs,
      outcome: this.#outcome,
      lastSeq: this.#lastSeq,
      nodes: [...this.#lines.values()],
    };
  }

  add(event: RunEvent): void {
    const { event: fact, seq, occurredAt } = event;
    const atMs = msOfTimestamp(occurredAt);
    this.#lastSeq = Number(seq);
    if (fact.case === undefined) return;
    if (fact.case === 'runStarted') {
      this.#workflowId = fact.value.workflowId;
      this.#startedMs = atMs;
    } else if (RUN_ENDS.has(fact.case)) {
      this.#endRun(atMs, eventName(event));
    } else if ('nodeId' in fact.value && fact.value.nodeId !== '') {
      this.#addToNode(fact, fact.value.nodeId, atMs);
    }
  }

  #addToNode(fact: RunEvent['event'], nodeId: string, atMs: number): void {
    const { value } = fact;
    if (value === undefined || fact.case === 'runPaused' || fact.case === 'runResumed') return;
    const line = this.#lineOf(nodeId, atMs);
    const attempt = 'attempt' in value ? value.attempt : line.attempts;
    line.attempts = Math.max(line.attempts, attempt);
    if (fact.case === 'inputRequired') {
      end(line, atMs, undefined);
      return begin(line, 'WAITING', atMs, attempt);
    }
    if ('startedAt' in value)
      return begin(line, 'RUNNING', within(line, msOfTimestamp(value.startedAt), atMs), attempt);
    if ('latency' in value) return end(line, atMs, failureOf(value));
    if (WAITS.has(fact.case)) return begin(line, 'WAITING', atMs, attempt);
    switch (fact.case) {
      case 'nodeScheduled':
        return begin(line, 'QUEUED', atMs, attempt);
      case 'taskDispatchLost':
      case 'inputProvided':
        return begin(line, 'QUEUED', atMs, attempt);
      case 'childRunsStarted':
        if (open(line)?.activity !== 'CHILDREN') begin(line, 'CHILDREN', atMs, attempt);
        return undefined;
      case 'nodeRetryScheduled':
        end(line, atMs, fact.value.failure);
        return begin(line, 'BACKOFF', atMs, fact.value.nextAttempt);
      default:
        return endNode(line, NODE_ENDS.get(fact.case), atMs, failureOf(value));
    }
  }

  /** What was open when the run ended was stopped with it. */
  #endRun(atMs: number, outcome: string): void {
    this.#endedMs = atMs;
    this.#outcome = outcome;
    for (const line of this.#lines.values()) if (line.outcome === '') endNode(line, 'cancelled', atMs, undefined);
  }

  #lineOf(nodeId: string, firstMs: number): Line {
    let line = this.#lines.get(nodeId);
    if (line === undefined) {
      line = { nodeId, firstMs, spans: [], attempts: 0, endedMs: undefined, outcome: '' };
      this.#lines.set(nodeId, line);
    }
    return line;
  }
}

function open({ spans }: Line): Span | undefined {
  const last = spans.at(-1);
  return last?.toMs === undefined ? last : undefined;
}

/** L1. */
function begin(line: Line, activity: Activity, fromMs: number, attempt: number): void {
  end(line, fromMs, undefined);
  line.spans.push({ activity, fromMs, attempt, toMs: undefined, failure: undefined });
}

/** A failure that is told after its call has ended belongs to the call all the same. */
function end(line: Line, toMs: number, failure: Failure | undefined): void {
  const span = open(line);
  if (span !== undefined) {
    span.toMs = toMs;
    span.failure = failure;
    // What took no time is not worth a line.
    if (toMs === span.fromMs && failure === undefined) line.spans.pop();
  } else if (failure !== undefined) {
    const last = line.spans.at(-1);
    if (last !== undefined) last.failure ??= failure;
  }
}

function endNode(line: Line, outcome: string | undefined, atMs: number, failure: Failure | undefined): void {
  if (outcome === undefined) return;
  end(line, atMs, failure);
  line.endedMs = atMs;
  line.outcome = outcome;
}

/** L2. */
function within(line: Line, ms: number, latestMs: number): number {
  const span = line.spans.at(-1);
  return Math.min(Math.max(ms, span?.toMs ?? span?.fromMs ?? ms), latestMs);
}

/** Why it failed, whichever way the event says it. */
function failureOf(value: object): Failure | undefined {
  if ('failure' in value) return value.failure as Failure | undefined;
  if (!('outcome' in value)) return undefined;
  const { outcome } = value as { readonly outcome: { readonly case?: string; readonly value?: unknown } };
  return outcome.case === 'failure' ? (outcome.value as Failure) : undefined;
}
