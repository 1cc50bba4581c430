/**
 * A client that does what the documentation asks of clients: it repeats a start that was not answered with the same
 * request id, and goes on following from its last cursor.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectError } from '@connectrpc/connect';
import { RunState, type Run } from '@skein/contracts/scheduler';
import { jsonOfValue, valueOfJson } from '@skein/events';
import { reasonOf } from '@skein/rpc';
import type { Clients } from '../../e2e/harness/clients.ts';
import { persist } from './patience.ts';
import type { OrderRecord, SeenRun } from './record.ts';
import { watchRun } from './watcher.ts';

/** Longest wait for an answer that should come at once. */
const ANSWER_MS = 5000;
/** Longest time that the platform is asked to wait for an end. */
const AWAIT_SECONDS = 3;
/** Longest wait for that answer. */
const AWAIT_MS = 8000;

/** Whom to ask, and for how long. */
export interface Surroundings {
  readonly clients: Clients;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** Sees one order through to its end: start, cancellation, following, end. Never rejects; the record says it all. */
export async function fulfil(around: Surroundings, record: OrderRecord): Promise<void> {
  try {
    const run = await acknowledged(around, record);
    const { order } = record;
    const following = order.watched ? watchRun(around, run.runId) : undefined;
    if (order.again) await start(around, record);
    if (order.cancelAfterMs !== undefined) await cancel(around, record, run.runId, order.cancelAfterMs);
    await awaitEnd(around, record, run.runId);
    record.watched = await following;
  } catch (error) {
    if (!around.signal.aborted) record.refusals.push(refusalText(error));
  }
}

async function acknowledged(around: Surroundings, record: OrderRecord): Promise<Run> {
  record.askedAtMs = Date.now();
  const starts = record.order.twice ? [start(around, record), start(around, record)] : [start(around, record)];
  const [run] = await Promise.all(starts);
  if (run === undefined) throw new Error('there is no run in the answer');
  return run;
}

async function start({ clients, namespace, signal }: Surroundings, record: OrderRecord): Promise<Run> {
  const { order, requestId, unanswered } = record;
  const { graph, input, waits } = order;
  const target =
    graph.agent === undefined
      ? { case: 'workflow' as const, value: { workflowId: graph.id } }
      : { case: 'agent' as const, value: { agentId: graph.agent } };
  const request = {
    namespace,
    target,
    input: valueOfJson(input),
    requestId,
    labels: { order: order.id },
    ...(waits ? { waitTimeout: { seconds: BigInt(AWAIT_SECONDS) } } : {}),
  };
  const timeoutMs = waits ? AWAIT_MS : ANSWER_MS;
  const { run } = await persist((options) => clients.runs.startRun(request, options), {
    timeoutMs,
    signal,
    tries: { reasons: unanswered },
  });
  if (run === undefined) throw new Error('there is no run in the answer');
  record.acknowledgedAtMs ??= Date.now();
  record.runIds.push(run.runId);
  noteEnd(record, run);
  return run;
}

async function cancel(
  { clients, namespace, signal }: Surroundings,
  record: OrderRecord,
  runId: string,
  afterMs: number,
): Promise<void> {
  await delay(afterMs, undefined, { signal });
  const request = { namespace, runId, reason: 'not wanted any more' };
  const tries = { reasons: record.unanswered };
  const { run } = await persist((options) => clients.runs.cancelRun(request, options), {
    timeoutMs: ANSWER_MS,
    signal,
    tries,
  });
  record.cancelledAtMs = Date.now();
  if (run) noteEnd(record, run);
}

async function awaitEnd(
  { clients, namespace, signal }: Surroundings,
  record: OrderRecord,
  runId: string,
): Promise<void> {
  const request = { namespace, runId, timeout: { seconds: BigInt(AWAIT_SECONDS) } };
  const tries = { reasons: record.unanswered };
  for (;;) {
    const { run } = await persist((options) => clients.runs.awaitRun(request, options), {
      timeoutMs: AWAIT_MS,
      signal,
      tries,
    });
    if (run && noteEnd(record, run)) return;
  }
}

/** Notes what a client was told of an end; false while the run is open. */
function noteEnd(record: OrderRecord, run: Run): boolean {
  const seen = seenRun(run);
  const hasEnded = ['DONE', 'FAILED', 'CANCELLED', 'TERMINATED'].includes(seen.state);
  if (hasEnded) record.ends.push(seen);
  return hasEnded;
}

/** A run as the checker wants it. */
export function seenRun(run: Run): SeenRun {
  return {
    runId: run.runId,
    state: stateWord(run.state),
    output: jsonOfValue(run.output) as SeenRun['output'],
    failureCode: run.failure?.code ?? '',
    failedNodeId: run.failedNodeId,
    lastSeq: Number(run.lastSeq),
  };
}

function stateWord(state: RunState): string {
  return Object.entries(RunState).find(([, value]) => value === state)?.[0] ?? String(state);
}

function refusalText(error: unknown): string {
  return `${reasonOf(error)}: ${ConnectError.from(error).rawMessage}`;
}
