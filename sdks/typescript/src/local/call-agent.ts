/** Calls an agent: by the SDK's own code, so that bounds, schemas and failures are those of one that is served. */
import { create, fromJson, toJson, type JsonValue } from '@bufbuild/protobuf';
import { durationMs, ValueSchema } from '@bufbuild/protobuf/wkt';
import { Payload, type Answer, type AgentWork, type Question } from '@skein/domain';
import { defineAgent, type Agent } from '../agent/agent.ts';
import { logToStderr } from '../agent/context.ts';
import { perform } from '../agent/perform.ts';
import { QuestionKind } from '../gen/skein/agent/v1/agent_pb.ts';
import { InvokeRequestSchema, type InvokeResponse } from '../gen/skein/agent/v1/agent_service_pb.ts';
import type { CallScope } from './call-scope.ts';
import { CallFailed, nobodyGiven } from './local-failure.ts';
import type { LocalAgent, LocalOptions } from './options.ts';

/** How an agent's call ended. */
export type AgentEnd =
  | { readonly output: Payload; readonly targetVersion: string }
  | { readonly question: Question; readonly targetVersion: string };

/** What the node has learned before this call. */
export interface CallMemory {
  readonly resumeDetails: Payload | undefined;
  readonly answer: Answer | undefined;
}

/** Makes the call. @throws CallFailed, or the reason of the scope's abort */
export async function callAgent(
  scope: CallScope,
  work: AgentWork,
  memory: CallMemory,
  options: Pick<LocalOptions, 'agents' | 'log'>,
): Promise<AgentEnd> {
  const { agents = {}, log = logToStderr } = options;
  const { agentId } = work;
  const given = Object.hasOwn(agents, agentId) ? agents[agentId] : undefined;
  if (given === undefined) throw nobodyGiven('AGENT_NOT_FOUND', `agent ${agentId}`, scope.place, `agents.${agentId}`);
  const agent = agentOf(agentId, given);
  const targetVersion = agent.card.version;
  const ended = Promise.withResolvers<AgentEnd>();
  // Looked at only once the handler is through.
  ended.promise.catch(() => {});
  const request = requestOf(scope, work, memory);
  const { signal, sleep } = scope;
  const say = (step: InvokeResponse): void => take(step, scope, targetVersion, ended);
  const performing = perform({ agent, request, traceparent: '', signal, log, say, sleep });
  await scope.race(performing);
  return await scope.race(ended.promise);
}

function agentOf(id: string, given: LocalAgent): Agent {
  return typeof given === 'function' ? defineAgent<never, unknown>({ id, version: '0.0.0' }, given) : given;
}

function requestOf({ task }: CallScope, { agentId, skill, config }: AgentWork, { resumeDetails, answer }: CallMemory) {
  const { runId, namespace, sessionId, key, idempotencyKey, input } = task;
  const { nodeId, attempt, dispatch } = key;
  return create(InvokeRequestSchema, {
    namespace,
    agentId,
    taskId: `${runId}/${nodeId}/${attempt}/${dispatch}`,
    idempotencyKey,
    attempt,
    dispatch,
    runId,
    nodeId,
    sessionId,
    skillId: skill ?? '',
    input: valueOf(input.value as JsonValue),
    config: config as Record<string, JsonValue>,
    ...(resumeDetails === undefined ? {} : { resumeDetails: valueOf(resumeDetails.value as JsonValue) }),
    ...(answer === undefined
      ? {}
      : {
          answer: {
            value: valueOf(answer.value.value as JsonValue),
            state: valueOf(answer.state as JsonValue),
            turn: answer.turn,
          },
        }),
  });
}

function take(
  { event }: InvokeResponse,
  scope: CallScope,
  targetVersion: string,
  ended: PromiseWithResolvers<AgentEnd>,
): void {
  switch (event.case) {
    case 'delta':
      return scope.delta(event.value.text);
    case 'state':
      return scope.beat();
    case 'heartbeat': {
      const { resumeDetails } = event.value;
      return scope.heartbeat(resumeDetails === undefined ? undefined : Payload.fromValue(jsonOf(resumeDetails)));
    }
    case 'result': {
      const { output, usage } = event.value;
      scope.usage.inputTokens += Number(usage?.inputTokens ?? 0);
      scope.usage.outputTokens += Number(usage?.outputTokens ?? 0);
      scope.usage.costMicroUsd += Number(usage?.costMicroUsd ?? 0);
      return ended.resolve({ output: Payload.fromValue(jsonOf(output)), targetVersion });
    }
    case 'error': {
      const { code, message, retryable, retryAfter, details } = event.value;
      const retryAfterMs = retryAfter === undefined ? undefined : durationMs(retryAfter);
      const failure = { code, message, place: scope.place, remedy: '', retryable, retryAfterMs, details };
      return ended.reject(new CallFailed(failure));
    }
    case 'question': {
      const { kind, message, schema, state } = event.value;
      const question: Question = {
        kind: kind === QuestionKind.AUTH ? 'auth' : 'input',
        message,
        schema,
        state: jsonOf(state),
      };
      return ended.resolve({ question, targetVersion });
    }
    case undefined:
      return;
  }
}

const valueOf = (value: JsonValue) => fromJson(ValueSchema, value);

function jsonOf(value: ReturnType<typeof valueOf> | undefined): JsonValue {
  return value === undefined ? null : toJson(ValueSchema, value);
}
