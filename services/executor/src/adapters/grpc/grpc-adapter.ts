/**
 * Agents that implement skein.agent.v1.
 *
 * Owns one channel for every address. A call ends with its Result or InvokeError; what an agent does after that
 * does not change it.
 */
import type { InvokeResponse } from '@skein/contracts/agent';
import { AgentProtocol } from '@skein/contracts/registry';
import type { TrustedRoots } from '@skein/rpc';
import type { AgentAnswer, AgentProtocolAdapter, AgentRequest, CallSink } from '../../app/agent-protocol.ts';
import type { InputRequired } from '../../app/agent-question.ts';
import { invokeRequest, takeResponse } from '../../app/invoke-response.ts';
import { agentPlace } from '../../domain/agent-place.ts';
import { CallError, passing } from '../../domain/call-failure.ts';
import { credentialHeaders } from '../http/request-headers.ts';
import { ChannelPool, type LeasedAgent } from './channel-pool.ts';
import { grpcFailure } from './grpc-failure.ts';

/** Time that an agent gets to take note of a cancellation. */
const CANCEL_TIMEOUT_MS = 2000;
/** Time that an agent gets to end its stream after its result. */
const CLOSE_TIMEOUT_MS = 1000;
/** The gRPC deadline lies behind our own, so that it is ours that is reported. */
const DEADLINE_SLACK_MS = 250;
const LONGEST_DEADLINE_MS = 2_147_483_647;

/** @param roots whom a channel over TLS trusts. */
export function grpcAdapter(roots?: TrustedRoots): AgentProtocolAdapter {
  const pool = new ChannelPool(roots);
  return {
    protocol: AgentProtocol.GRPC,
    call(request, sink, signal) {
      const { address, isSecured } = placeOf(request.endpoint);
      return invoke(pool.lease(address, isSecured), request, sink, signal, credentialHeaders(request));
    },
    [Symbol.asyncDispose]: async () => pool[Symbol.dispose](),
  };
}

/** `grpc://host:port` and `host:port` mean the same; `grpcs://host:port` is over TLS. */
function placeOf(endpoint: string) {
  const address = endpoint.replace(/^grpcs?:\/\//, '').replace(/\/+$/, '');
  return { address, isSecured: endpoint.startsWith('grpcs://') };
}

/** Calls whoever implements skein.agent.v1 at the end of a channel; releases the channel when all is over. */
export async function invoke(
  leased: LeasedAgent,
  request: AgentRequest,
  sink: CallSink,
  signal: AbortSignal,
  metadata: Readonly<Record<string, string>> = {},
): Promise<AgentAnswer | InputRequired> {
  const place = agentPlace(request.agentId, request.endpoint);
  // The stream is aborted when the call is, and when an agent does not end it after its answer.
  const over = new AbortController();
  let cancelling: Promise<void> | undefined;
  const onAbort = () => {
    over.abort(signal.reason);
    cancelling = cancel(leased, request, metadata, signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const stream = leased.agent.invoke(invokeRequest(request), {
    signal: over.signal,
    timeoutMs: Math.min(request.timeoutMs + DEADLINE_SLACK_MS, LONGEST_DEADLINE_MS),
    headers: { ...metadata, ...(request.traceparent === '' ? {} : { traceparent: request.traceparent }) },
  });
  const responses = stream[Symbol.asyncIterator]();
  let answered = false;
  try {
    signal.throwIfAborted();
    for (;;) {
      const next = await responses.next();
      if (next.done === true) throw endedEarly(place);
      const answer = takeResponse(next.value, sink, place);
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

async function cancel(
  { agent }: LeasedAgent,
  { taskId }: AgentRequest,
  headers: Readonly<Record<string, string>>,
  reason: unknown,
): Promise<void> {
  const why = reason instanceof CallError && reason.failure.code === 'TIMEOUT' ? 'deadline exceeded' : String(reason);
  try {
    await agent.cancel({ taskId, reason: why }, { timeoutMs: CANCEL_TIMEOUT_MS, headers });
  } catch {
    // Best effort: an agent need not implement Cancel, and the stream is cancelled besides.
  }
}

const endedEarly = (place: string) =>
  passing('AGENT_PROTOCOL_VIOLATION', {
    message: 'the agent ended its stream without a result or an error',
    place,
    remedy: 'end every Invoke with exactly one Result, InvokeError or Question',
  });
