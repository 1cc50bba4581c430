import { hash } from 'node:crypto';
import { Code, type ConnectError } from '@connectrpc/connect';
import {
  agentDefinition,
  canonicalJson,
  llmDefinition,
  toolDefinition,
  MAX_PAYLOAD_BYTES,
  Payload,
  searchAttributeJson,
  type JsonObject,
  type JsonValue,
  type Plan,
  type RunFlow,
  type RunState,
  type SearchAttributes,
  type StartRun,
} from '@skein/domain';
import { skeinError } from '@skein/rpc';
import type { AgentDirectory } from './agent-directory.ts';
import type { CalledRuns } from './called-runs.ts';
import type { Caller } from './caller.ts';
import type { LimitLookUp } from './limits/call-limit.ts';
import { flowOfStart, flowRefused, type FlowOverrides } from './limits/flow-of-run.ts';
import type { PlanCache } from './plan-cache.ts';
import type { RunEngine } from './run-engine.ts';
import { StartLostError, type EngineStart } from './run-errors.ts';
import type { RunStore } from './run-store.ts';
import { requestedAttributes, startAttributes } from './start-attributes.ts';

/** A start as it was asked for, checked at the edge. */
export interface StartRequest extends FlowOverrides {
  readonly namespace: string;
  /** A UUIDv7. */
  readonly runId: string;
  readonly target: StartTarget;
  /** Whether a deprecated version is as good as any. */
  readonly force?: boolean;
  readonly input: JsonValue;
  /** Undefined: the start is not idempotent. */
  readonly requestId: string | undefined;
  readonly sessionId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** They go before those that the workflow makes of the input. */
  readonly searchAttributes?: SearchAttributes;
  readonly memo?: JsonObject | undefined;
  readonly traceparent: string;
  /** The run whose agent asks for it, and the link to it. Undefined: somebody from outside asks. */
  readonly caller?: Caller | undefined;
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
  /** Child runs that agents have started. */
  readonly called: Pick<CalledRuns, 'start'>;
  /** Which operators' limits there are. */
  readonly book: LimitLookUp;
}

/** Starts a run, or finds the one that the same request started before. */
export async function startRun(dependencies: StartRunDependencies, request: StartRequest): Promise<StartedRun> {
  const { namespace, requestId, runId, labels, sessionId, traceparent, memo, searchAttributes = {} } = request;
  const input = Payload.fromValue(request.input);
  if (input.bytes.byteLength > MAX_PAYLOAD_BYTES) throw inputTooLarge(input.bytes.byteLength);
  const { plan, version, deprecation } = await resolveTarget(dependencies, request);
  if (deprecation !== undefined && request.force !== true) {
    return startedBefore(dependencies, request, versionDeprecated(plan.workflowId, version, deprecation));
  }
  const definition = version === 0 ? Payload.fromValue(plan.definition as unknown as JsonValue) : undefined;
  const { caller } = request;
  const inherited = caller?.state.searchAttributes ?? {};
  const attributed = { namespace, runId, plan, version, sessionId, input: request.input };
  const command: StartRun = {
    kind: 'start_run',
    workflowVersion: version,
    definition,
    input,
    userMessage: definition === undefined ? undefined : input,
    labels,
    searchAttributes: requestedAttributes(() => startAttributes(attributed, inherited, searchAttributes)),
    memo: memo && Payload.fromValue(memo),
    sessionId,
    traceparent,
    ...(caller === undefined ? {} : { parent: caller.link }),
  };
  const key = requestId === undefined ? undefined : { requestId, digest: requestDigest(request) };
  const begin = () => startPlan(dependencies, { namespace, runId, plan, key, command }, request, caller?.state);
  if (caller === undefined) return begin();
  const { runId: parentRunId, nodeId } = caller.link;
  return dependencies.called.start({ runId, parentRunId, nodeId }, begin);
}

/** The run that the same request started before it would have been refused. @throws the refusal where there is none. */
async function startedBefore(
  { store }: StartRunDependencies,
  request: StartRequest,
  refusal: ConnectError,
): Promise<StartedRun> {
  const { namespace, requestId } = request;
  const earlier = requestId === undefined ? undefined : await store.findStart(namespace, requestId);
  if (earlier?.digest !== requestDigest(request)) throw refusal;
  return { created: false, runId: earlier.runId };
}

/** Starts a run on a plan that is at hand. */
export async function startPlan(
  dependencies: Omit<StartRunDependencies, 'called'>,
  start: EngineStart,
  { priority, fairnessKey }: FlowOverrides = {},
  parent?: RunState,
): Promise<StartedRun> {
  const { engine, store, book } = dependencies;
  const { namespace, runId, plan, key } = start;
  await checkStart(dependencies, namespace, start.command.input.value, plan);
  const flow = flowOrRefusal(
    () => flowOfStart(book, plan, namespace, start.command, { priority, fairnessKey }, parent),
    plan,
  );
  const command = flow === undefined ? start.command : { ...start.command, flow };
  try {
    return { created: true, state: await engine.start({ ...start, command }), plan };
  } catch (error) {
    if (!(error instanceof StartLostError)) throw error;
    const earlier = key && (await store.findStart(namespace, key.requestId));
    if (earlier === undefined) throw runIdTaken(runId, error);
    if (earlier.digest !== key?.digest) throw requestIdReused(key?.requestId ?? '', earlier.runId);
    return { created: false, runId: earlier.runId };
  }
}

function flowOrRefusal(work: () => RunFlow | undefined, plan: Plan): RunFlow | undefined {
  try {
    return work();
  } catch (error) {
    throw flowRefused(error, plan);
  }
}

interface ResolvedTarget {
  /** Zero: implicit. */
  readonly version: number;
  readonly plan: Plan;
  /** Why new runs should not start on it; undefined: they may. */
  readonly deprecation?: string | undefined;
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

async function checkStart(
  { agents }: Pick<StartRunDependencies, 'agents'>,
  namespace: string,
  input: JsonValue,
  plan: Plan,
): Promise<void> {
  const violations = plan.validateInput(input);
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
  const wanted = new Set(agentsOf(plan));
  const [missing] = wanted.size === 0 ? [] : await agents.missing(namespace, [...wanted]);
  if (missing !== undefined) throw agentNotFound(namespace, missing);
}

/** The agents that a workflow calls, in the graphs within its nodes and to undo what was done too. */
function* agentsOf(plan: Plan): Generator<string> {
  for (const { work } of [...plan.nodes.values(), ...plan.compensations.values()]) {
    if (work.kind === 'agent') yield work.agentId;
    else if (work.kind === 'map' || work.kind === 'loop') yield* agentsOf(work.body);
  }
}

/** Everything in a request that makes it a different request. */
function requestDigest(request: StartRequest): string {
  const { target, input, sessionId, labels, priority, fairnessKey, searchAttributes, memo } = request;
  const asked = {
    ...(priority === undefined ? {} : { priority }),
    ...(fairnessKey === undefined ? {} : { fairnessKey }),
    ...startedWith(searchAttributes, memo),
  };
  return hash('sha256', canonicalJson({ target, input, sessionId, labels, ...asked }));
}

/** What a digest says of attributes and memo: nothing where there are none, as before there were any. */
export function startedWith(attributes: SearchAttributes = {}, memo: JsonObject | undefined): JsonObject {
  const entries = Object.entries(attributes).map(([name, value]) => [name, searchAttributeJson(value)] as const);
  return {
    ...(entries.length === 0 ? {} : { searchAttributes: Object.fromEntries(entries) }),
    ...(memo === undefined ? {} : { memo }),
  };
}

/** An input that is larger than payloads may be. */
export function inputTooLarge(bytes: number) {
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

function versionDeprecated(workflowId: string, version: number, reason: string): ConnectError {
  const why = reason === '' ? '' : `: ${reason}`;
  return skeinError({
    reason: 'WORKFLOW_VERSION_DEPRECATED',
    code: Code.FailedPrecondition,
    message: `version ${version} of workflow ${workflowId} is deprecated${why}`,
    place: 'workflow.version',
    remedy: `\`skein workflows versions ${workflowId}\` shows the others; \`--force\` starts it all the same`,
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

/** The id is another run's. */
export function runIdTaken(runId: string, cause: unknown) {
  return skeinError({
    reason: 'RUN_ID_TAKEN',
    code: Code.AlreadyExists,
    message: `there is a run ${runId} already, or there was until lately`,
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
