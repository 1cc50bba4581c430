/**
 * What is to be counted of transitions that are about to be stored.
 *
 * Owns: reading it off, and a memory of what calls and runs were started, so that their ends need no look-up. Does not
 * own: counting (the statement that stores the transitions), so that an event counts once, however often it comes.
 *
 * N1. History never suffers: what cannot be read is not counted, and stored all the same.
 * N2. Memory is bounded: the starts of MAX_RUNS runs, of each MAX_CALLS calls; others are read from the store.
 * N3. An end whose beginning is not known is no reading yet, unless everything before it is known: then there was none.
 */
import { msOfDuration } from '@skein/events';
import type { MetricIncrement } from '../../domain/metric.ts';
import { eventKinds, eventsOfKinds, type StoredEvent } from '../../domain/transition-events.ts';
import type { TransitionRecord } from '../../domain/transition-record.ts';
import type { RunKey } from '../../domain/run-key.ts';

/** Reads what was stored of a run before a transition, oldest first; its first and its newest transitions suffice. */
export type ReadEarlier = (run: RunKey, beforeSeq: number) => Promise<readonly TransitionRecord[]>;

/** What one transition adds. */
export interface Reading {
  readonly record: TransitionRecord;
  readonly increments: readonly MetricIncrement[];
  /** False: there is more to count once what comes before is known (N3). */
  readonly isComplete: boolean;
}

interface Call {
  readonly agentId: string;
  readonly agentVersion: string;
  readonly instanceId: string;
}

interface Started {
  run: { readonly workflowId: string; readonly version: string; readonly atMs: number } | undefined;
  readonly calls: Map<string, Call>;
  /** Whether the store was asked already. */
  isRead: boolean;
  /** Everything before this seq is known. */
  knownUntilSeq: number;
}

const MAX_RUNS = 10_000;
const MAX_CALLS = 1000;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
const MAX_TEXT_CHARS = 256;
const OUTCOMES: Readonly<Record<string, string>> = {
  runDone: 'done',
  runFailed: 'failed',
  runCancelled: 'cancelled',
  runTerminated: 'terminated',
};

/** What is looked at below; decoding the rest would cost more than all the counting. */
const READ_KINDS = eventKinds(
  'runStarted',
  'agentInvokeStarted',
  'agentInvokeDone',
  'runDone',
  'runFailed',
  'runCancelled',
  'runTerminated',
);

/** Reads off what is to be counted. */
export class RunMetrics {
  readonly #readEarlier: ReadEarlier;
  readonly #runs = new Map<string, Started>();

  constructor(readEarlier: ReadEarlier) {
    this.#readEarlier = readEarlier;
  }

  /** Of these transitions, in the order of each run. */
  async readingsOf(records: readonly TransitionRecord[]): Promise<Reading[]> {
    const readings: Reading[] = [];
    for (const record of records) {
      const events = readable(record);
      let reading = this.#read(record, events);
      if (!reading.isComplete && (await this.#recall(record))) reading = this.#read(record, events);
      readings.push(reading);
      const started = this.#runs.get(record.runId);
      if (started !== undefined) extend(started, record);
      if (events.some(({ event }) => event.case !== undefined && event.case in OUTCOMES))
        this.#runs.delete(record.runId);
    }
    return readings;
  }

  /** By what is in memory. */
  #read(record: TransitionRecord, events: readonly StoredEvent[]): Reading {
    const increments: MetricIncrement[] = [];
    let isComplete = true;
    for (const event of events) {
      this.#note(record.runId, event);
      const increment = this.#incrementOf(record, event);
      if (increment === 'unknown') isComplete = this.#isWhole(record) && isComplete;
      else if (increment !== undefined) increments.push(increment);
    }
    return { record, increments, isComplete };
  }

  #incrementOf(record: TransitionRecord, { event, atMs }: StoredEvent): MetricIncrement | 'unknown' | undefined {
    const { namespace, runId, firstSeq } = record;
    const base = { namespace, runId, firstSeq, atMs, instanceId: '', inputTokens: 0, outputTokens: 0, costMicroUsd: 0 };
    switch (event.case) {
      case 'runStarted': {
        const { workflowId, workflowVersion } = event.value;
        const version = String(workflowVersion);
        return {
          ...base,
          kind: 'workflow',
          subjectId: text(workflowId),
          version,
          outcome: 'started',
          durationMs: undefined,
        };
      }
      case 'agentInvokeDone': {
        const { usage, latency, outcome, target } = event.value;
        const call = target ?? this.#runs.get(runId)?.calls.get(callKey(event.value));
        if (call === undefined) return 'unknown';
        return {
          ...base,
          kind: 'agent',
          subjectId: text(call.agentId),
          version: text(call.agentVersion),
          instanceId: text(call.instanceId),
          outcome: outcome.case === 'failure' ? codeOf(outcome.value.code) : '',
          durationMs: msOfDuration(latency),
          inputTokens: Number(usage?.inputTokens ?? 0n),
          outputTokens: Number(usage?.outputTokens ?? 0n),
          costMicroUsd: Number(usage?.costMicroUsd ?? 0n),
        };
      }
      case 'runDone':
      case 'runFailed':
      case 'runCancelled':
      case 'runTerminated': {
        const run = this.#runs.get(runId)?.run;
        if (run === undefined) return 'unknown';
        const { workflowId, version } = run;
        const durationMs = Math.max(0, atMs - run.atMs);
        return {
          ...base,
          kind: 'workflow',
          subjectId: workflowId,
          version,
          outcome: OUTCOMES[event.case] ?? '',
          durationMs,
        };
      }
      default:
        return undefined;
    }
  }

  /** Asks the store what was before a transition; false where it was asked already, or there is nothing. */
  async #recall(record: TransitionRecord): Promise<boolean> {
    const started = this.#of(record.runId);
    if (started.isRead || record.firstSeq === 1) return false;
    started.isRead = true;
    for (const earlier of await this.#readEarlier(record, record.firstSeq)) {
      for (const event of readable(earlier)) this.#note(record.runId, event);
      extend(started, earlier);
    }
    return true;
  }

  /** Whether everything before a transition is known. */
  #isWhole({ runId, firstSeq }: TransitionRecord): boolean {
    return this.#of(runId).knownUntilSeq >= firstSeq;
  }

  /** Remembers what was started. */
  #note(runId: string, { event, atMs }: StoredEvent): void {
    if (event.case === 'runStarted') {
      const { workflowId, workflowVersion } = event.value;
      this.#of(runId).run = { workflowId: text(workflowId), version: String(workflowVersion), atMs };
    } else if (event.case === 'agentInvokeStarted') {
      const started = this.#of(runId);
      const { agentId, agentVersion, instanceId } = event.value;
      const key = callKey(event.value);
      if (started.calls.size >= MAX_CALLS && !started.calls.has(key)) {
        forgetOldest(started.calls);
        started.knownUntilSeq = Number.NEGATIVE_INFINITY;
      }
      started.calls.set(key, { agentId, agentVersion, instanceId });
      // What was read before may not have had this call yet; another look may find the next.
      started.isRead = false;
    }
  }

  #of(runId: string): Started {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    if (this.#runs.size >= MAX_RUNS) forgetOldest(this.#runs);
    const started: Started = { run: undefined, calls: new Map(), isRead: false, knownUntilSeq: 1 };
    this.#runs.set(runId, started);
    return started;
  }
}

function extend(started: Started, { firstSeq, eventCount }: TransitionRecord): void {
  if (started.knownUntilSeq === firstSeq) started.knownUntilSeq = firstSeq + eventCount;
}

/** N1: the events that count or say what is counted, or none where this version cannot read them. */
function readable(record: TransitionRecord): StoredEvent[] {
  try {
    return eventsOfKinds(record, READ_KINDS);
  } catch {
    return [];
  }
}

function callKey({ nodeId, attempt, dispatch }: { nodeId: string; attempt: number; dispatch: number }): string {
  return `${attempt} ${dispatch} ${nodeId}`;
}

/** What agents say may be anything; what is counted by has to be few and storable. */
function codeOf(code: string): string {
  return CODE.test(code) ? code : 'OTHER';
}

function text(value: string): string {
  const bounded = value.length > MAX_TEXT_CHARS ? value.slice(0, MAX_TEXT_CHARS) : value;
  return bounded.includes('\0') ? bounded.replaceAll('\0', '') : bounded;
}

function forgetOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
