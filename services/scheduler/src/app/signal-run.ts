import { randomUUID } from 'node:crypto';
import { Code } from '@connectrpc/connect';
import { isTerminal, MAX_PAYLOAD_BYTES, Payload, type JsonValue, type Plan } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import { runEnded, type RunAddress } from './control-run.ts';
import { findRun, type FindRunDependencies, type FoundRun } from './find-run.ts';
import { RunBusyError } from './run-errors.ts';
import { inputTooLarge } from './start-run.ts';

/** Signals that a run keeps for nodes that do not wait for them yet. */
const MAX_KEPT_SIGNALS = 1000;

/** A signal as it was sent. */
export interface SignalRequest extends RunAddress {
  readonly name: string;
  readonly payload: JsonValue;
  /** Empty: every signal counts. */
  readonly signalId: string;
}

/**
 * Sends a signal to a run; it is durable when this resolves. One that the run has had is answered as before, even after
 * its end.
 * @throws RUN_NOT_FOUND, RUN_ENDED, SIGNAL_NOT_FOUND, INPUT_SCHEMA_VIOLATION, PAYLOAD_TOO_LARGE, RunBusyError
 */
export async function signalRun(dependencies: FindRunDependencies, request: SignalRequest): Promise<FoundRun> {
  const { namespace, runId, name } = request;
  const found = await findRun(dependencies, namespace, runId);
  const { state, plan } = found;
  checkSignal(plan, request);
  if (request.signalId !== '' && state.signalIds.includes(request.signalId)) return found;
  if (isTerminal(state.status)) throw runEnded(runId, state.status);
  if (state.signals.length >= MAX_KEPT_SIGNALS) {
    throw new RunBusyError(`run ${runId} keeps ${MAX_KEPT_SIGNALS} signals that no node has taken yet`);
  }
  const payload = Payload.fromValue(request.payload);
  if (payload.bytes.byteLength > MAX_PAYLOAD_BYTES) throw inputTooLarge(payload.bytes.byteLength);
  // By its id it can be told whether the run has taken it, or had ended before it came.
  const signalId = request.signalId === '' ? randomUUID() : request.signalId;
  await dependencies.engine.submit(runId, { kind: 'send_signal', name, payload, signalId });
  const after = await findRun(dependencies, namespace, runId);
  if (after.state.signalIds.includes(signalId)) return after;
  throw runEnded(runId, after.state.status);
}

function checkSignal(plan: Plan, { name, payload }: SignalRequest): void {
  const awaited = [...plan.nodes.values()].flatMap(({ work }) => (work.kind === 'signal' ? [work] : []));
  const works = awaited.filter(({ signalName }) => signalName === name);
  const [first] = works;
  if (first === undefined)
    throw signalNotFound(plan.workflowId, name, [...new Set(awaited.map((it) => it.signalName))]);
  const refusals = works.map((work) => work.validatePayload(payload));
  if (refusals.some((violations) => violations.length === 0)) return;
  throw skeinError({
    reason: 'INPUT_SCHEMA_VIOLATION',
    code: Code.InvalidArgument,
    message: `the payload does not match the payload_schema of signal ${name}`,
    place: 'payload',
    remedy: `correct the payload; \`skein workflows get ${plan.workflowId}\` shows the schema`,
    violations: (refusals[0] ?? []).map(({ pointer, keyword, message }) => ({
      field: `payload${pointer}`,
      description: message,
      reason: keyword.toUpperCase(),
    })),
  });
}

function signalNotFound(workflowId: string, name: string, known: readonly string[]) {
  return skeinError({
    reason: 'SIGNAL_NOT_FOUND',
    code: Code.FailedPrecondition,
    message: `no node of workflow ${workflowId} waits for a signal ${name}`,
    place: 'signal_name',
    remedy: known.length === 0 ? 'add a signal node to the workflow' : `it waits for ${known.join(', ')}`,
  });
}
