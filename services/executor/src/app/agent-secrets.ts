import type { CallTarget } from '../domain/agent-routes.ts';
import { CallError, type CallFailure } from '../domain/call-failure.ts';

/** What lets calls in at an agent. Never shown, logged or stored. */
export interface AgentCredentials {
  /** Lower case. */
  readonly header: string;
  /** All that the header says. */
  readonly value: string;
  /** The secret itself, for whoever has to leave it out. */
  readonly secret: string;
}

/** Secrets that calls of agents carry. */
export interface AgentSecrets {
  /** What calls of an instance carry; undefined: nothing. @throws CallError AGENT_SECRET_NOT_FOUND */
  credentialsFor(namespace: string, target: CallTarget, place: string): Promise<AgentCredentials | undefined>;
}

/** A failure without the secret, which an agent may have repeated in what it says. */
export function withoutSecret(error: CallError, { secret }: AgentCredentials): CallError {
  const text = JSON.stringify(error.failure);
  const quoted = JSON.stringify(secret).slice(1, -1);
  if (!text.includes(quoted)) return error;
  // Its cause has the text too: it is left behind.
  return new CallError(JSON.parse(text.replaceAll(quoted, '[secret]')) as CallFailure);
}
