/** What clients do to runs that are open, or have failed: each request is repeated until it is answered. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import { reasonOf } from '@skein/rpc';
import type { Surroundings } from './client.ts';
import type { Gate } from './graph.ts';
import { APPROVAL, APPROVER, SIGNAL } from './graphs/gated.ts';
import { persist } from './patience.ts';
import type { OrderRecord } from './record.ts';

/** Longest wait for an answer that should come at once. */
export const ANSWER_MS = 5000;
/** Time after which somebody looks again whether there is something to decide. */
const LOOK_AGAIN_MS = 200;

/** Cancels a run after a time, or terminates it, as its order says; answers with it as it was then. */
export async function cancel(around: Surroundings, record: OrderRecord, runId: string, afterMs: number) {
  const { clients, namespace, signal } = around;
  await delay(afterMs, undefined, { signal });
  const request = { namespace, runId, reason: 'not wanted any more' };
  const { run } = await persist(
    (options): Promise<{ readonly run?: Run | undefined }> =>
      record.order.terminated ? clients.runs.terminateRun(request, options) : clients.runs.cancelRun(request, options),
    patienceOf(around, record),
  );
  record.cancelledAtMs = Date.now();
  return run;
}

/** Holds a run back for a time. One that has ended by then is left alone. */
export async function holdBack(
  around: Surroundings,
  record: OrderRecord,
  runId: string,
  { afterMs, forMs }: { readonly afterMs: number; readonly forMs: number },
): Promise<void> {
  const { clients, namespace, signal } = around;
  const patience = patienceOf(around, record);
  await delay(afterMs, undefined, { signal });
  try {
    await persist((options) => clients.runs.pauseRun({ namespace, runId, reason: 'not now' }, options), patience);
    const acknowledgedAtMs = Date.now();
    await delay(forMs, undefined, { signal });
    record.pause = { acknowledgedAtMs, resumedAtMs: Date.now() };
    await persist((options) => clients.runs.resumeRun({ namespace, runId }, options), patience);
  } catch (error) {
    // What was at work goes on while the run is held back, and may have been all that was left.
    if (reasonOf(error) !== 'RUN_ENDED') throw error;
  }
}

/** Sends the signal that a run waits for, perhaps too early and perhaps twice, and then decides. */
export async function passGate(around: Surroundings, record: OrderRecord, runId: string, gate: Gate): Promise<void> {
  await delay(gate.signalAfterMs, undefined, { signal: around.signal });
  const send = (): Promise<void> => sendSignal(around, record, runId, gate);
  await Promise.all(gate.signalTwice ? [send(), send()] : [send()]);
  await decide(around, record, runId, gate.approved);
  if (gate.signalTwice) await send();
}

async function sendSignal(around: Surroundings, record: OrderRecord, runId: string, { amount }: Gate): Promise<void> {
  const { clients, namespace } = around;
  const signalId = `${record.requestId}-paid`;
  const target = { case: 'runId' as const, value: runId };
  const request = { namespace, target, signalName: SIGNAL, payload: valueOfJson({ amount }), signalId };
  await persist((options) => clients.runs.signalRun(request, options), patienceOf(around, record));
  record.signalIds.push(signalId);
}

async function decide(around: Surroundings, record: OrderRecord, runId: string, approved: boolean): Promise<void> {
  const { clients, namespace, signal } = around;
  const request = { namespace, runId, nodeId: APPROVAL, approved, decidedBy: APPROVER };
  for (;;) {
    try {
      await persist((options) => clients.approvals.decideApproval(request, options), patienceOf(around, record));
      return;
    } catch (error) {
      // Nobody has asked for it yet.
      if (reasonOf(error) !== 'APPROVAL_NOT_FOUND') throw error;
      await delay(LOOK_AGAIN_MS, undefined, { signal });
    }
  }
}

/** Retries a run that has failed, twice at the same moment with one request id; answers with the new run's id. */
export async function retry(around: Surroundings, record: OrderRecord, runId: string): Promise<string> {
  const { clients, namespace } = around;
  const request = { namespace, runId, requestId: `${record.requestId}-retry` };
  const ask = async (): Promise<string> => {
    const { run } = await persist((options) => clients.runs.retryRun(request, options), patienceOf(around, record));
    record.retryRunIds.push(run?.runId ?? '');
    return run?.runId ?? '';
  };
  const [first] = await Promise.all([ask(), ask()]);
  return first;
}

/** How long a client of an order goes on asking. */
export function patienceOf({ signal }: Surroundings, record: OrderRecord): Parameters<typeof persist>[1] {
  return { timeoutMs: ANSWER_MS, signal, tries: { reasons: record.unanswered } };
}
