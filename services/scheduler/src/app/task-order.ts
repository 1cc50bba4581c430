import type { DispatchKey, Payload, PlanNode } from '@skein/domain';

/** A task that is to go to an executor. */
export interface TaskOrder {
  readonly runId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly key: DispatchKey;
  readonly node: PlanNode;
  readonly input: Payload;
  readonly sessionId: string;
  readonly traceparent: string;
}

/** The same for every delivery of an attempt: what agents recognise repeated work by. */
export function idempotencyKey(order: TaskOrder): string {
  return `${order.runId}/${order.key.nodeId}/${order.key.attempt}`;
}
