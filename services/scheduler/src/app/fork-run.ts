import { hash } from 'node:crypto';
import { Code } from '@connectrpc/connect';
import {
  canonicalJson,
  MAX_PAYLOAD_BYTES,
  Payload,
  type JsonObject,
  type JsonValue,
  type Plan,
  type RunState,
  type SearchAttributes,
} from '@skein/domain';
import { skeinError } from '@skein/rpc';
import { nodeNotFound, type RunAddress } from './control-run.ts';
import { runNotFound } from './find-run.ts';
import { redone, reusableResults } from './reusable-results.ts';
import { foldHistory } from './run-history.ts';
import type { RunStore } from './run-store.ts';
import { requestedAttributes, startAttributes } from './start-attributes.ts';
import { inputTooLarge, startedWith, startPlan, workflowNotFound } from './start-run.ts';
import type { StartedRun, StartRunDependencies } from './start-run.ts';

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
  readonly searchAttributes?: SearchAttributes;
  /** Undefined: that of the run. */
  readonly memo?: JsonObject | undefined;
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
  checkNodes(plan, request.redoNodeIds);
  const results = reusableResults({ source, before, after: plan, redo: redone(plan, request.redoNodeIds) }, seq);
  const command = {
    kind: 'start_run' as const,
    workflowVersion: version,
    definition,
    input,
    userMessage: definition === undefined ? undefined : input,
    labels: { ...source.labels, ...request.labels },
    searchAttributes: attributesOf(request, source, plan, version, input),
    memo: request.memo === undefined ? source.memo : Payload.fromValue(request.memo),
    sessionId,
    traceparent: request.traceparent,
    bodyPath,
    fork: { runId: source.runId, seq, redoNodeIds: request.redoNodeIds, results },
  };
  const key = requestId === undefined ? undefined : { requestId, digest: forkDigest(request) };
  return startPlan(dependencies, { namespace, runId, plan, key, command });
}

/** What the workflow makes of the same input on the same version the run has already, or somebody has said otherwise. */
function attributesOf(
  { namespace, newRunId: runId, searchAttributes = {} }: ForkRequest,
  source: RunState,
  plan: Plan,
  version: number,
  input: Payload,
): SearchAttributes {
  if (input === source.input && version === source.workflowVersion) {
    return requestedAttributes(() => ({ ...source.searchAttributes, ...searchAttributes }));
  }
  const { sessionId } = source;
  const attributed = { namespace, runId, plan, version, sessionId, input: input.value };
  return requestedAttributes(() => startAttributes(attributed, source.searchAttributes, searchAttributes));
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

function checkNodes(plan: Plan, nodeIds: readonly string[]): void {
  for (const id of nodeIds) if (!plan.nodes.has(id)) throw nodeNotFound(plan.workflowId, id);
}

/** Everything in a request that makes it a different request. */
function forkDigest(request: ForkRequest): string {
  const { runId, atSeq, workflowVersion, input = null, redoNodeIds, labels, searchAttributes, memo } = request;
  const found = startedWith(searchAttributes, memo);
  return hash('sha256', canonicalJson({ runId, atSeq, workflowVersion, input, redoNodeIds, labels, ...found }));
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
