/** Where workers are: which executor one has dialled in to. */

/** Names a worker. */
export interface WorkerIdentity {
  readonly namespace: string;
  readonly agentId: string;
  readonly workerId: string;
}

/** One text that tells workers apart. */
export function workerKey({ namespace, agentId, workerId }: WorkerIdentity): string {
  return `${namespace}/${agentId}/${workerId}`;
}

const PREFIX = 'worker:';

/** The endpoint of a worker: `worker:EXECUTOR/WORKER_ID`. */
export function workerEndpoint(executorAddress: string, workerId: string): string {
  return `${PREFIX}${executorAddress}/${workerId}`;
}

/** The executor and the worker of an endpoint; undefined: it is none of a worker. */
export function workerOf(
  endpoint: string,
): { readonly executorAddress: string; readonly workerId: string } | undefined {
  const slash = endpoint.lastIndexOf('/');
  if (!endpoint.startsWith(PREFIX) || slash <= PREFIX.length || slash === endpoint.length - 1) return undefined;
  return { executorAddress: endpoint.slice(PREFIX.length, slash), workerId: endpoint.slice(slash + 1) };
}

/** Metadata of a call between executors: the worker that is meant. */
export const WORKER_HEADER = 'skein-worker';
