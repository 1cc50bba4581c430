import type { WorkerIdentity } from '../domain/worker-address.ts';

/** What a token says: the executor that handed the task out, to whom, and which. */
export interface TaskToken extends WorkerIdentity {
  readonly executorAddress: string;
  readonly taskId: string;
}

/** A token: opaque to workers, and no secret. */
export function writeToken({ executorAddress, namespace, agentId, workerId, taskId }: TaskToken): string {
  return Buffer.from(JSON.stringify([executorAddress, namespace, agentId, workerId, taskId])).toString('base64url');
}

/** What a token says; undefined: it is none of ours. */
export function readToken(token: string): TaskToken | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (!Array.isArray(parts) || parts.length !== 5 || !parts.every((part) => typeof part === 'string'))
      return undefined;
    const [executorAddress = '', namespace = '', agentId = '', workerId = '', taskId = ''] = parts;
    return { executorAddress, namespace, agentId, workerId, taskId };
  } catch {
    return undefined;
  }
}
