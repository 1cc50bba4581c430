import type { TaskRef } from '@skein/contracts/scheduler';

/** Names the attempt of a node, whichever delivery of it is meant. */
export function attemptKey(ref: TaskRef): string {
  return `${ref.runId}/${ref.nodeId}/${ref.attempt}`;
}

/** Names one delivery of an attempt; what agents know as `task_id`. */
export function deliveryKey(ref: TaskRef): string {
  return `${attemptKey(ref)}/${ref.dispatch}`;
}
