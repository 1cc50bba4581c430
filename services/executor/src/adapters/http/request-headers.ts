import type { AgentRequest } from '../../app/agent-protocol.ts';

/** Headers that every HTTP agent gets: the trace, the ids and the idempotency key. Values are kept to what headers carry. */
export function requestHeaders(request: AgentRequest): Record<string, string> {
  const { traceparent, runId, sessionId, idempotencyKey } = request;
  const headers = {
    traceparent,
    'x-run-id': runId,
    'x-session-id': sessionId,
    'idempotency-key': idempotencyKey,
  };
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === '' ? [] : [[name, printable(value)]])),
  );
}

/** Ids are the platform's own, except the session's: whatever a header cannot carry is percent-encoded. */
function printable(value: string): string {
  return value.replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character.toWellFormed()));
}
