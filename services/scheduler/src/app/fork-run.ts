import { hash } from 'node:crypto';
import { Code } from '@connectrpc/connect';
import {
  canonicalJson,
  compensationId,
  MAX_PAYLOAD_BYTES,
  Payload,
  type JsonObject,
  type JsonValue,
  type NodeDefinition,
  type Plan,
  type ReusableResult,
  type RunState,
} from '@skein/domain';
import { skeinError } from '@skein/rpc';
import { nodeNotFound, type RunAddress } from './control-run.ts';
import { runNotFound } from './find-run.ts';
import { foldHistory } from './run-history.ts';
import type { RunStore } from './run-store.ts';
import { inputTooLarge, startPlan, workflowNotFound, type StartedRun, type StartRunDependencies } from './start-run.ts';

/** A fork as it was asked for, checked at the edge. */
export interface ForkRequest extends RunAddress {
  /** A UUIDv7. */
  readonly newRunId: string;
  /** Zero: the run's last event. */
  readonly atSeq: number;
  /** Zero: that of the run. */
  readonly workflowVersion: number;
  /** Undefined: that of the run. */
  readonly input: JsonValue | undefined;
  readonly redoNodeIds: readonly string[];
  /** Undefined: the start is not idempotent. */
  readonly requestId: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly traceparent: string;
}

/** What forking needs. */
export interface ForkRunDependencies extends StartRunDependencies {
  readonly store: Pick<RunStore, 'findStart' | 'load'>;
}

/**
 * Starts a run that goes on where another one stood. Finished results are taken over where the node does the same work
 * with the same input; the run they come from stays as it is.
 * @throws RUN_NOT_FOUND, NODE_NOT_FOUND, WORKFLOW_NOT_FOUND, INVALID_FIELD, and what starting throws
 */
export async function forkRun(dependencies: ForkRunDependencies, request: ForkRequest): Promise<StartedRun> {
  const { namespace, newRunId: runId, requestId } = request;
  const source = await sourceOf(dependencies, request);
  const before = await dependencies.plans.ofRun(source);
  const { plan, version } = await planOf(dependencies, request, source, before);
  const seq = request.atSeq === 0 ? source.seq : request.atSeq;
  if (seq > source.seq) throw seqTooLarge(source);
  const input = request.input === undefined ? source.input : Payload.fromValue(request.input);
  if (input.bytes.byteLength > MAX_PAYLOAD_BYTES) throw inputTooLarge(input.bytes.byteLength);
  const { definition, sessionId, bodyPath } = source;
  const results = reusableResults(source, before, plan, seq, redone(plan, request.redoNodeIds));
  const command = {
    kind: 'start_run' as const,
    workflowVersion: version,
    definition,
    input,
    userMessage: definition === undefined ? undefined : input,
    labels: { ...source.labels, ...request.labels },
    sessionId,
    traceparent: request.traceparent,
    bodyPath,
    fork: { runId: source.runId, seq, results },
  };
  const key = requestId === undefined ? undefined : { requestId, digest: forkDigest(request) };
  return startPlan(dependencies, { namespace, runId, plan, key, command });
}

/** From the store: it may be any scheduler's, and open. */
async function sourceOf({ store }: ForkRunDependencies, { namespace, runId }: ForkRequest): Promise<RunState> {
  const stored = await store.load(runId);
  if (stored === undefined || stored.namespace !== namespace) throw runNotFound(namespace, runId);
  return foldHistory(runId, namespace, stored.rows);
}

async function planOf(
  { plans }: ForkRunDependencies,
  request: ForkRequest,
  source: RunState,
  before: Plan,
): Promise<{ readonly plan: Plan; readonly version: number }> {
  const { workflowVersion: version } = request;
  const isSame = version === 0 || version === source.workflowVersion || source.definition !== undefined;
  if (isSame) return { plan: before, version: source.workflowVersion };
  const { namespace, workflowId, bodyPath } = source;
  if ((await plans.stored(namespace, workflowId, version)) === undefined) {
    throw workflowNotFound(namespace, workflowId, version);
  }
  const plan = await plans.ofRun({ namespace, workflowId, workflowVersion: version, definition: undefined, bodyPath });
  return { plan, version };
}

/** The nodes named, and all that comes after them. */
function redone(plan: Plan, nodeIds: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...nodeIds];
  for (const id of open) {
    const node = plan.nodes.get(id);
    if (node === undefined) throw nodeNotFound(plan.workflowId, id);
    if (found.has(id)) continue;
    found.add(id);
    for (const { to } of node.outgoing) open.push(to);
  }
  return found;
}

function reusableResults(
  source: RunState,
  before: Plan,
  after: Plan,
  seq: number,
  redo: ReadonlySet<string>,
): ReadonlyMap<string, ReusableResult> {
  const results = new Map<string, ReusableResult>();
  for (const node of source.nodes.values()) {
    const { id, status, output, endedSeq, inputDigest, outputSeq } = node;
    if (status !== 'SUCCEEDED' || output === undefined || endedSeq > seq || redo.has(id)) continue;
    if (inputDigest.byteLength === 0 || wasUndone(source, id) || !doTheSame(before, after, id)) continue;
    results.set(id, { inputDigest, output, seq: outputSeq });
  }
  return results;
}

/** Whether what the node did is not there any more, or nobody knows. What could not be undone is still there. */
function wasUndone(source: RunState, nodeId: string): boolean {
  const undoing = source.nodes.get(compensationId(nodeId));
  return undoing !== undefined && undoing.status !== 'FAILED';
}

function doTheSame(before: Plan, after: Plan, nodeId: string): boolean {
  const work = ({ definition }: Plan) => workOf(definition.nodes.find(({ id }) => id === nodeId));
  return before === after || work(before) === work(after);
}

/** What a node does, without what only says when, how often and with what input: that shows in the input's digest. */
function workOf(node: NodeDefinition | undefined): string {
  if (node === undefined) return '';
  const settings = Object.entries(node as unknown as JsonObject).filter(([field]) => !BESIDE_THE_WORK.has(field));
  return canonicalJson(Object.fromEntries(settings));
}

const BESIDE_THE_WORK: ReadonlySet<string> = new Set([
  'name',
  'description',
  'metadata',
  'input',
  'items',
  'when',
  'join',
  'branch',
  'merge',
  'timeouts',
  'retry',
  'on_error',
  'delivery',
  'compensate',
]);

/** Everything in a request that makes it a different request. */
function forkDigest({ runId, atSeq, workflowVersion, input = null, redoNodeIds, labels }: ForkRequest): string {
  return hash('sha256', canonicalJson({ runId, atSeq, workflowVersion, input, redoNodeIds, labels }));
}

function seqTooLarge({ runId, seq }: RunState) {
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: `run ${runId} has ${seq} events`,
    place: 'at_seq',
    remedy: `give at most ${seq}; \`skein runs events ${runId}\` shows them`,
  });
}
