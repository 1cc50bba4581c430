import { createHash } from 'node:crypto';
import type { AgentKey } from './agent-record.ts';

const ID_LENGTH = 32;

/** The id of an agent's instance at an endpoint: the same for the same three, whoever asks and whenever. */
export function instanceIdOf({ namespace, agentId }: AgentKey, endpoint: string): string {
  const name = JSON.stringify([namespace, agentId, endpoint]);
  return createHash('sha256').update(name).digest('hex').slice(0, ID_LENGTH);
}
