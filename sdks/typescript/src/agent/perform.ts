/**
 * One piece of work, from its request to its last message.
 *
 * P1. It says exactly one result, error or question, last, unless it is aborted: then it says nothing more.
 * P2. A skill that is not the agent's and an input that does not fit never reach the handler.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { toJson, type JsonValue } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import type { InvokeRequest, InvokeResponse } from '../gen/skein/agent/v1/agent_service_pb.ts';
import { AgentError } from './agent-error.ts';
import type { Agent, SkillSchemas } from './agent.ts';
import type { AgentContext, LogSink } from './context.ts';
import { QuestionAsked, type Answer } from './question.ts';
import { deltas, ending, heartbeat, MAX_STREAMED_BYTES, plain, result, stateChange, type Tokens } from './steps.ts';

/** A call, and where its answer goes. */
export interface Performance {
  readonly agent: Agent;
  readonly request: InvokeRequest;
  readonly traceparent: string;
  readonly signal: AbortSignal;
  readonly log: LogSink;
  readonly say: (step: InvokeResponse) => void;
  /** How the handler waits. Default: by the clock on the wall. */
  readonly sleep?: AgentContext['sleep'];
}

/** Does the work. Never rejects. */
export async function perform(performance: Performance): Promise<void> {
  const { signal } = performance;
  const say = (step: InvokeResponse): void => {
    if (!signal.aborted) performance.say(step);
  };
  try {
    say(await answer(performance, say));
  } catch (error) {
    if (!signal.aborted && !isForeseen(error)) {
      performance.log('the handler failed', { ...idsOf(performance.request), error: String(error) });
    }
    say(ending(error));
  }
}

const isForeseen = (error: unknown): boolean => error instanceof AgentError || error instanceof QuestionAsked;

async function answer(performance: Performance, say: Performance['say']): Promise<InvokeResponse> {
  const { agent, request, signal } = performance;
  const schemas = schemasOf(agent, request.skillId);
  const input = await checkedInput(schemas, jsonOf(request.input));
  signal.throwIfAborted();
  const tokens: Tokens = { inputTokens: 0, outputTokens: 0, costMicroUsd: 0 };
  const output: unknown = await agent.handler(input as never, contextOf(performance, say, tokens));
  return result(await checkedOutput(schemas, plain((output ?? null) as JsonValue)), tokens);
}

function schemasOf({ card, skills }: Agent, skillId: string): SkillSchemas {
  const schemas = skills.get(skillId);
  if (schemas !== undefined) return schemas;
  const known = card.skills.map((skill) => skill.skillId).join(', ') || 'none by name';
  throw new AgentError('UNKNOWN_SKILL', { message: `${card.agentId} has no skill ${skillId}; it has ${known}` });
}

async function checkedInput({ input }: SkillSchemas, value: JsonValue): Promise<unknown> {
  const checked = await input?.check(value);
  if (checked === undefined) return value;
  if (checked.ok) return checked.value;
  throw new AgentError('INVALID_INPUT', {
    message: `the input does not fit: ${checked.problems.join('; ')}`,
    details: { problems: checked.problems },
  });
}

async function checkedOutput({ output }: SkillSchemas, value: JsonValue): Promise<JsonValue> {
  const checked = await output?.check(value);
  if (checked === undefined || checked.ok) return value;
  throw new AgentError('OUTPUT_SCHEMA_VIOLATION', {
    message: `the agent answered what its own schema refuses: ${checked.problems.join('; ')}`,
    details: { problems: checked.problems },
  });
}

function contextOf(performance: Performance, say: Performance['say'], tokens: Tokens): AgentContext {
  const { request, signal, traceparent, log } = performance;
  const { sleep = (ms: number) => delay(ms, undefined, { signal }) } = performance;
  const { namespace, runId, nodeId, sessionId, skillId, attempt, dispatch, idempotencyKey, taskId } = request;
  let streamedBytes = 0;
  return {
    namespace,
    runId,
    nodeId,
    sessionId,
    skillId,
    attempt,
    dispatch,
    idempotencyKey,
    taskId,
    config: request.config ?? {},
    resumeDetails: request.resumeDetails === undefined ? undefined : toJson(ValueSchema, request.resumeDetails),
    answer: answerOf(request),
    runToken: request.runToken,
    traceparent,
    signal,
    ask: (question) => {
      throw new QuestionAsked(question);
    },
    delta(text) {
      streamedBytes += Buffer.byteLength(text);
      if (streamedBytes > MAX_STREAMED_BYTES) {
        throw new AgentError('PAYLOAD_TOO_LARGE', { message: `a call streams at most ${MAX_STREAMED_BYTES} bytes` });
      }
      for (const step of deltas(text)) say(step);
    },
    sleep,
    state: (state, detail = '') => say(stateChange(state, detail)),
    heartbeat: (resumeDetails) => say(heartbeat(resumeDetails)),
    usage({ inputTokens = 0, outputTokens = 0, costMicroUsd = 0 }) {
      tokens.inputTokens += inputTokens;
      tokens.outputTokens += outputTokens;
      tokens.costMicroUsd += costMicroUsd;
    },
    log: (message, facts = {}) => log(message, { ...idsOf(request), ...facts }),
  };
}

function answerOf({ answer: given }: InvokeRequest): Answer | undefined {
  if (given === undefined) return undefined;
  const { value, state, turn } = given;
  return { value: jsonOf(value), state: jsonOf(state), turn };
}

const jsonOf = (value: InvokeRequest['input']): JsonValue => (value === undefined ? null : toJson(ValueSchema, value));

function idsOf({ runId, nodeId, taskId }: InvokeRequest) {
  return { run_id: runId, node_id: nodeId, task_id: taskId };
}
