import type { CallScope } from './call-scope.ts';
import type { CallContext } from './options.ts';

/** What models, tools and services are told of their call. */
export function callContext({ task, signal, delta, sleep }: CallScope): CallContext {
  const { runId, key, idempotencyKey } = task;
  const { nodeId, attempt } = key;
  return { runId, nodeId, attempt, idempotencyKey, signal, delta, sleep };
}
