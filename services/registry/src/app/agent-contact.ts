import type { AgentFacts, Protocol } from '../domain/agent-record.ts';

/** Longest time that an agent gets to say who it is; its contract gives it as much. */
export const DESCRIBE_TIMEOUT_MS = 5000;

/** An instance does not answer as a healthy one does; the message says how it answers instead. */
export class UnhealthyError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnhealthyError';
  }
}

/**
 * A way to talk to agents. Connections are kept for the next call; nothing that is asked has an effect on the agent.
 * Whatever goes wrong between us and the agent is an error of one of the classes named here.
 */
export interface AgentContact extends AsyncDisposable {
  /** Probes; answers why the instance works below its best, empty when it does not. @throws UnhealthyError. */
  check(endpoint: string, signal: AbortSignal): Promise<string>;
  /** What the agent says about itself. @throws UnhealthyError when it does not answer. */
  describe(endpoint: string, signal: AbortSignal): Promise<AgentFacts>;
  /** Finds out the protocol. @throws ProtocolUndecidedError. */
  detect(endpoint: string, signal: AbortSignal): Promise<{ readonly protocol: Protocol; readonly facts: AgentFacts }>;
  /** Nobody asks this endpoint any more. */
  forget(endpoint: string): void;
}

/** The contact for each form of endpoint that can be talked to. */
export interface AgentContacts {
  readonly grpc: AgentContact;
  readonly http: AgentContact;
}
