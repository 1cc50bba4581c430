import type { AgentRequest } from '../../app/agent-protocol.ts';

/** Headers that every HTTP agent gets: the trace, the ids, the idempotency key and its credentials. Values are kept to what headers carry. */
export function requestHeaders(request: AgentRequest): Record<string, string> {
  const { traceparent, runId, sessionId, idempotencyKey, runToken } = request;
  const headers: Record<string, string> = {
    'x-run-id': printable(runId),
    'idempotency-key': printable(idempotencyKey),
  };
  if (traceparent !== '') headers['traceparent'] = printable(traceparent);
  if (runToken !== '') headers['x-run-token'] = runToken;
  if (sessionId !== '') headers['x-session-id'] = printable(sessionId);
  return { ...headers, ...credentialHeaders(request) };
}

/** What lets the call in, as a header or as metadata of gRPC. */
export function credentialHeaders({ credentials }: Pick<AgentRequest, 'credentials'>): Record<string, string> {
  return credentials === undefined ? {} : { [credentials.header]: credentials.value };
}

const UNPRINTABLE = /[^\x21-\x7e]/;

/** Ids are the platform's own, except the session's: whatever a header cannot carry is percent-encoded. */
function printable(value: string): string {
  if (!UNPRINTABLE.test(value)) return value;
  return value.replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character.toWellFormed()));
}
