/**
 * Agents that implement skein.agent.v1.
 *
 * Owns one channel for every address. A call ends with its Result or InvokeError; what an agent does after that
 * does not change it.
 */
import { fromJson, toJson, type JsonValue } from '@bufbuild/protobuf';
import { durationMs, ValueSchema } from '@bufbuild/protobuf/wkt';
import type { InvokeResponse, Result } from '@skein/contracts/agent';
import { AgentProtocol } from '@skein/contracts/registry';
import type { AgentAnswer, AgentProtocolAdapter, AgentRequest, CallSink } from '../../app/agent-protocol.ts';
import { agentPlace } from '../../domain/agent-place.ts';
import { agentCode, CallError, failed, passing } from '../../domain/call-failure.ts';
import { ChannelPool, type LeasedAgent } from './channel-pool.ts';
import { grpcFailure } from './grpc-failure.ts';

/** Time that an agent gets to take note of a cancellation. */
const CANCEL_TIMEOUT_MS = 2000;
/** Time that an agent gets to end its stream after its result. */
const CLOSE_TIMEOUT_MS = 1000;
/** The gRPC deadline lies behind our own, so that it is ours that is reported. */
const DEADLINE_SLACK_MS = 250;
const LONGEST_DEADLINE_MS = 2_147_483_647;

export function grpcAdapter(): AgentProtocolAdapter {
  const pool = new ChannelPool();
  return {
    protocol: AgentProtocol.GRPC,
    call: (request, sink, signal) => invoke(pool.lease(addressOf(request.endpoint)), request, sink, signal),
    [Symbol.asyncDispose]: async () => pool[Symbol.dispose](),
  };
}

/** `grpc://host:port` and `host:port` mean the same. */
function addressOf(endpoint: string): string {
  return endpoint.replace(/^grpc:\/\//, '').replace(/\/+$/, '');
}

async function invoke(
  leased: LeasedAgent,
  request: AgentRequest,
  sink: CallSink,
  signal: AbortSignal,
): Promise<AgentAnswer> {
  const place = agentPlace(request.agentId, request.endpoint);
  // The stream is aborted when the call is, and when an agent does not end it after its answer.
  const over = new AbortController();
  let cancelling: Promise<void> | undefined;
  const onAbort = () => {
    over.abort(signal.reason);
    cancelling = cancel(leased, request, signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const stream = leased.agent.invoke(messageOf(request), {
    signal: over.signal,
    timeoutMs: Math.min(request.timeoutMs + DEADLINE_SLACK_MS, LONGEST_DEADLINE_MS),
    ...(request.traceparent === '' ? {} : { headers: { traceparent: request.traceparent } }),
  });
  const responses = stream[Symbol.asyncIterator]();
  let answered = false;
  try {
    signal.throwIfAborted();
    for (;;) {
      const next = await responses.next();
      if (next.done === true) throw endedEarly(place);
      const answer = take(next.value, sink, place);
      if (answer === undefined) continue;
      answered = true;
      return answer;
    }
  } catch (error) {
    signal.throwIfAborted();
    answered = error instanceof CallError;
    throw grpcFailure(error, place);
  } finally {
    signal.removeEventListener('abort', onAbort);
    void Promise.all([finish(responses, over, answered), cancelling]).then(() => leased[Symbol.dispose]());
  }
}

/** Lets the agent end its stream by itself; the call does not wait for that. */
async function finish(responses: AsyncIterator<InvokeResponse>, over: AbortController, answered: boolean) {
  const timer = answered ? setTimeout(() => over.abort(), CLOSE_TIMEOUT_MS) : undefined;
  if (!answered) over.abort();
  try {
    while ((await responses.next()).done !== true);
  } catch {
    // What follows an answer does not matter.
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

async function cancel({ agent }: LeasedAgent, { taskId }: AgentRequest, reason: unknown): Promise<void> {
  const why = reason instanceof CallError && reason.failure.code === 'TIMEOUT' ? 'deadline exceeded' : String(reason);
  try {
    await agent.cancel({ taskId, reason: why }, { timeoutMs: CANCEL_TIMEOUT_MS });
  } catch {
    // Best effort: an agent need not implement Cancel, and the stream is cancelled besides.
  }
}

function messageOf(request: AgentRequest) {
  const { endpoint: _, timeoutMs: __, traceparent: ___, answer: ____, input, config, resumeDetails, ...rest } = request;
  return {
    ...rest,
    input: fromJson(ValueSchema, input),
    ...(Object.keys(config).length === 0 ? {} : { config }),
    ...(resumeDetails === undefined ? {} : { resumeDetails: fromJson(ValueSchema, resumeDetails) }),
  };
}

/** What one response means; an answer once it is there. */
function take({ event }: InvokeResponse, sink: CallSink, place: string): AgentAnswer | undefined {
  switch (event.case) {
    case 'delta':
      sink.delta(event.value.text);
      return undefined;
    case 'state':
      sink.state(event.value.state, event.value.detail);
      return undefined;
    case 'heartbeat': {
      const { resumeDetails } = event.value;
      sink.heartbeat(resumeDetails === undefined ? undefined : jsonOf(resumeDetails, place));
      return undefined;
    }
    case 'result':
      return answerOf(event.value, place);
    case 'error': {
      const { code, message, retryable, retryAfter, details } = event.value;
      const retryAfterMs = retryAfter === undefined ? undefined : durationMs(retryAfter);
      throw failed(agentCode(code, 'UNKNOWN'), retryable, { message, place, retryAfterMs, details });
    }
    case undefined:
      throw passing('AGENT_PROTOCOL_VIOLATION', {
        message: 'the agent sent a response without an event',
        place,
        remedy: 'set exactly one of delta, state, heartbeat, result and error in every InvokeResponse',
      });
  }
}

function answerOf({ output, usage, metadata }: Result, place: string): AgentAnswer {
  return {
    output: output === undefined ? null : jsonOf(output, place),
    usage: { inputTokens: Number(usage?.inputTokens ?? 0), outputTokens: Number(usage?.outputTokens ?? 0) },
    metadata,
  };
}

function jsonOf(output: NonNullable<Result['output']>, place: string): JsonValue {
  try {
    return toJson(ValueSchema, output);
  } catch (cause) {
    throw passing('AGENT_PROTOCOL_VIOLATION', {
      message: `what the agent sent is not a JSON value: ${cause instanceof Error ? cause.message : String(cause)}`,
      place,
      remedy: 'set exactly one kind in every google.protobuf.Value, and no NaN or Infinity',
      cause,
    });
  }
}

const endedEarly = (place: string) =>
  passing('AGENT_PROTOCOL_VIOLATION', {
    message: 'the agent ended its stream without a result or an error',
    place,
    remedy: 'end every Invoke with exactly one Result or InvokeError',
  });
