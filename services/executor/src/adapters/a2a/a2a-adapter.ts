/**
 * Agents that speak Agent2Agent: 1.0, 0.3 and the draft between them, over JSON-RPC, HTTP+JSON or gRPC, as their card
 * says. The endpoint is the base URL of the card, or the address of a gRPC server.
 *
 * The message is the input; the task's artifacts are the output. docs/agents.md has the rules.
 */
import { AgentProtocol } from '@skein/contracts/registry';
import type { TrustedRoots } from '@skein/rpc';
import type { AgentProtocolAdapter } from '../../app/agent-protocol.ts';
import { agentPlace } from '../../domain/agent-place.ts';
import { CallError } from '../../domain/call-failure.ts';
import { credentialHeaders, requestHeaders } from '../http/request-headers.ts';
import { A2aCall, type Patience } from './a2a-call.ts';
import { A2aConnections } from './a2a-connections.ts';
import { asSent } from './a2a-failure.ts';
import { endingOf } from './task-ending.ts';
import type { TaskEnding } from './task-progress.ts';

/** Failures that a stale card explains: the next call reads it again. */
const STALE = new Set(['AGENT_UNREACHABLE', 'AGENT_PROTOCOL_VIOLATION', 'AGENT_ERROR_STATUS', 'VERSION_NOT_SUPPORTED']);

const PATIENCE: Patience = Object.freeze({ firstPauseMs: 100, longestPauseMs: 5000, lostLimit: 10 });

/** @param roots whom connections over TLS trust. Default: as Node.js does. */
export function a2aAdapter(patience: Patience = PATIENCE, roots?: TrustedRoots): AgentProtocolAdapter {
  const connections = new A2aConnections(roots);
  return {
    protocol: AgentProtocol.A2A,
    async call(request, sink, signal) {
      const { agentId, endpoint } = request;
      const place = agentPlace(agentId, endpoint);
      const asked = { agentId, endpoint, headers: credentialHeaders(request) };
      const connection = await connections.to(asked, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw asSent(error, place, true);
      });
      const call = new A2aCall(
        { connection, place, headers: requestHeaders(request), patience },
        request,
        sink,
        signal,
      );
      const onAbort = (): void => void call.cancel();
      signal.addEventListener('abort', onAbort, { once: true });
      let ending: TaskEnding;
      try {
        ending = await call.run();
      } catch (error) {
        if (error instanceof CallError && STALE.has(error.failure.code)) connections.forget(agentId, endpoint);
        throw error;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
      return endingOf(ending, call.task, place);
    },
    [Symbol.asyncDispose]: () => connections[Symbol.asyncDispose](),
  };
}
