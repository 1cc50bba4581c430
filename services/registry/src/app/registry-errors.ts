import type { AgentKey } from '../domain/agent-record.ts';

/** There is no such agent in this namespace. */
export class AgentNotFoundError extends Error {
  readonly key: AgentKey;

  constructor(key: AgentKey) {
    super(`no agent ${key.agentId} in namespace ${key.namespace}`);
    this.name = 'AgentNotFoundError';
    this.key = key;
  }
}

/** An agent's protocol was not given and could not be found out; the message says what to give. */
export class ProtocolUndecidedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProtocolUndecidedError';
  }
}

/** The feed of routes ended under its reader. */
export class FeedClosedError extends Error {
  constructor() {
    super('the feed of routes is closed');
    this.name = 'FeedClosedError';
  }
}
