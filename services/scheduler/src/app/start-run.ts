import { hash } from 'node:crypto';
import { Code } from '@connectrpc/connect';
import {
  agentDefinition,
  canonicalJson,
  llmDefinition,
  toolDefinition,
  MAX_PAYLOAD_BYTES,
  Payload,
  type JsonObject,
  type JsonValue,
  type Plan,
  type RunState,
} from '@skein/domain';
import { skeinError } from '@skein/rpc';
import type { AgentDirectory } from './agent-directory.ts';
import type { PlanCache } from './plan-cache.ts';
import { StartLostError, type RunEngine } from './run-engine.ts';
import type { RunStore, StartKey } from './run-store.ts';

/** A start as it was asked for, checked at the edge. */
export interface StartRequest {
  readonly namespace: string;
  /** A UUIDv7. */
  readonly runId: string;
  readonly target: StartTarget;
  readonly input: JsonValue;
  /** Undefined: the start is not idempotent. */
  readonly requestId: string | undefined;
  readonly sessionId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly traceparent: string;
}

/** What to run. */
export type StartTarget =
  | { readonly kind: 'workflow'; readonly workflowId: string; readonly version: number }
  | { readonly kind: 'agent'; readonly agentId: string; readonly skillId: string; readonly config: JsonObject }
  | { readonly kind: 'llm'; readonly model: string }
  | { readonly kind: 'tool'; readonly toolId: string };

/** A run that exists now. */
export type StartedRun =
  | { readonly created: true; readonly state: RunState; readonly plan: Plan }
  | { readonly created: false; readonly runId: string };

/** What starting needs. */
export interface StartRunDependencies {
  readonly engine: RunEngine;
  readonly plans: PlanCache;
  readonly store: Pick<RunStore, 'findStart'>;
  readonly agents: AgentDirectory;
}

/** Starts a run, or finds the one that the same request started before. */
export async function startRun(dependencies: StartRunDependencies, request: StartRequest): Promise<StartedRun> {
  const { engine, store } = dependencies;
  const { namespace, requestId, runId } = request;
  const input = Payload.fromValue(request.input);
  if (input.bytes.byteLength > MAX_PAYLOAD_BYTES) throw inputTooLarge(input.bytes.byteLength);
  const resolved = await resolveTarget(dependencies, request);
  await checkStart(dependencies, request, resolved.plan);
  const key: StartKey | undefined = requestId === undefined ? undefined : { requestId, digest: requestDigest(request) };
  const definition =
    resolved.version === 0 ? Payload.fromValue(resolved.plan.definition as unknown as JsonValue) : undefined;
  try {
    const state = await engine.start({
      runId,
      namespace,
      plan: resolved.plan,
      key,
      command: {
        kind: 'start_run',
        workflowVersion: resolved.version,
        definition,
        input,
        userMessage: definition === undefined ? undefined : input,
        labels: request.labels,
        sessionId: request.sessionId,
        traceparent: request.traceparent,
      },
    });
    return { created: true, state, plan: resolved.plan };
  } catch (error) {
    if (!(error instanceof StartLostError)) throw error;
    const earlier = key && (await store.findStart(namespace, key.requestId));
    if (earlier === undefined) throw runIdTaken(runId, error);
    if (earlier.digest !== key?.digest) throw requestIdReused(key?.requestId ?? '', earlier.runId);
    return { created: false, runId: earlier.runId };
  }
}

interface ResolvedTarget {
  /** Zero: implicit. */
  readonly version: number;
  readonly plan: Plan;
}

async function resolveTarget({ plans }: StartRunDependencies, request: StartRequest): Promise<ResolvedTarget> {
  const { namespace, target } = request;
  switch (target.kind) {
    case 'workflow': {
      const found = await plans.stored(namespace, target.workflowId, target.version);
      if (found === undefined) throw workflowNotFound(namespace, target.workflowId, target.version);
      return found;
    }
    case 'agent': {
      const { agentId, skillId, config } = target;
      const settings = { config, ...(skillId === '' ? {} : { skill: skillId }) };
      return { version: 0, plan: plans.implicit(agentDefinition(agentId, settings)) };
    }
    case 'llm':
      return { version: 0, plan: plans.implicit(llmDefinition(target.model)) };
    case 'tool':
      return { version: 0, plan: plans.implicit(toolDefinition(target.toolId)) };
  }
}

async function checkStart({ agents }: StartRunDependencies, request: StartRequest, plan: Plan): Promise<void> {
  const violations = plan.validateInput(request.input);
  if (violations.length > 0) {
    throw skeinError({
      reason: 'INPUT_SCHEMA_VIOLATION',
      code: Code.InvalidArgument,
      message: `the input does not match the input_schema of workflow ${plan.workflowId}`,
      place: 'input',
      remedy: `correct the input; \`skein workflows get ${plan.workflowId}\` shows the schema`,
      violations: violations.map(({ pointer, keyword, message }) => ({
        field: `input${pointer}`,
        description: message,
        reason: keyword.toUpperCase(),
      })),
    });
  }
  const wanted = new Set<string>();
  for (const { work } of plan.nodes.values()) if (work.kind === 'agent') wanted.add(work.agentId);
  const [missing] = wanted.size === 0 ? [] : await agents.missing(request.namespace, [...wanted]);
  if (missing !== undefined) throw agentNotFound(request.namespace, missing);
}

/** Everything in a request that makes it a different request. */
function requestDigest({ target, input, sessionId, labels }: StartRequest): string {
  const content = canonicalJson({ target, input, sessionId, labels });
  return hash('sha256', content);
}

function inputTooLarge(bytes: number) {
  return skeinError({
    reason: 'PAYLOAD_TOO_LARGE',
    code: Code.InvalidArgument,
    message: `the input has ${bytes} bytes of JSON; ${MAX_PAYLOAD_BYTES} are allowed`,
    place: 'input',
    remedy: 'pass a reference to the data instead of the data',
  });
}

/** No such workflow, or no such version of it. */
export function workflowNotFound(namespace: string, workflowId: string, version: number) {
  const which = version === 0 ? `workflow ${workflowId}` : `version ${version} of workflow ${workflowId}`;
  return skeinError({
    reason: 'WORKFLOW_NOT_FOUND',
    code: Code.NotFound,
    message: `namespace ${namespace} has no ${which}`,
    place: 'workflow_id',
    remedy: '`skein workflows list` shows what there is; `skein workflows apply FILE` adds one',
  });
}

function agentNotFound(namespace: string, agentId: string) {
  return skeinError({
    reason: 'AGENT_NOT_FOUND',
    code: Code.FailedPrecondition,
    message: `namespace ${namespace} has no agent ${agentId}`,
    place: `agents.${agentId}`,
    remedy: `\`skein agents register ${agentId} --endpoint ADDRESS\` adds it`,
  });
}

function runIdTaken(runId: string, cause: unknown) {
  return skeinError({
    reason: 'RUN_ID_TAKEN',
    code: Code.AlreadyExists,
    message: `there is a run ${runId} already`,
    place: 'run_id',
    remedy: 'leave run_id out, or give a request_id to make the start idempotent',
    cause,
  });
}

function requestIdReused(requestId: string, runId: string) {
  return skeinError({
    reason: 'REQUEST_ID_REUSED',
    code: Code.AlreadyExists,
    message: `request_id ${requestId} was used before with a different request, which started run ${runId}`,
    place: 'request_id',
    remedy: 'give every different request an id of its own',
  });
}
