/**
 * A client that does what the documentation asks of clients: it repeats a start that was not answered with the same
 * request id, and goes on following from its last cursor.
 */
import { ConnectError } from '@connectrpc/connect';
import { RunState, type Run } from '@skein/contracts/scheduler';
import { jsonOfValue, valueOfJson } from '@skein/events';
import { reasonOf } from '@skein/rpc';
import type { Clients } from '../../e2e/harness/clients.ts';
import { persist } from './patience.ts';
import type { OrderRecord, SeenRun } from './record.ts';
import { answerQuestions } from './answer.ts';
import { remove } from './remove.ts';
import { ANSWER_MS, cancel, holdBack, passGate, patienceOf, retry } from './steer.ts';
import { watchRun } from './watcher.ts';

/** Longest time that the platform is asked to wait for an end. */
const AWAIT_SECONDS = 3;
/** Longest wait for that answer. */
const AWAIT_MS = 8000;

/** Whom to ask, and for how long. */
export interface Surroundings {
  readonly clients: Clients;
  readonly namespace: string;
  readonly signal: AbortSignal;
  /** Resolves when the first fault of the round begins. */
  readonly hurt: Promise<void>;
}

/** Sees one order through to its end, whatever belongs to it. Never rejects; the record says it all. */
export async function fulfil(around: Surroundings, record: OrderRecord): Promise<void> {
  try {
    const run = await acknowledged(around, record);
    const { order } = record;
    const following = order.watched ? watchRun(around, run.runId) : undefined;
    if (order.again) await start(around, record);
    await Promise.all([
      order.pause && holdBack(around, record, run.runId, order.pause),
      order.gate && passGate(around, record, run.runId, order.gate),
      order.answers && answerQuestions(around, record, run.runId, order.answers),
      order.cancelAfterMs !== undefined && cancelled(around, record, run.runId, order.cancelAfterMs),
      awaitEnd(around, record, run.runId),
    ]);
    record.watched = await following;
    if (order.retried) await awaitEnd(around, record, await retry(around, record, run.runId));
    if (order.deleted) await remove(around, record, run.runId);
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

async function cancelled(around: Surroundings, record: OrderRecord, runId: string, afterMs: number): Promise<void> {
  const run = await cancel(around, record, runId, afterMs);
  if (run) noteEnd(record, run);
}

async function awaitEnd(around: Surroundings, record: OrderRecord, runId: string): Promise<void> {
  const { clients, namespace } = around;
  const request = { namespace, runId, timeout: { seconds: BigInt(AWAIT_SECONDS) } };
  const patience = { ...patienceOf(around, record), timeoutMs: AWAIT_MS };
  for (;;) {
    const { run } = await persist((options) => clients.runs.awaitRun(request, options), patience);
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
