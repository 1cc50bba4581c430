import type { Failure } from './failure.ts';
import type { Payload } from './payload.ts';

/** States of a run that this kernel reaches. */
export type RunStatus = 'RUNNING' | 'DONE' | 'FAILED' | 'CANCELLED';

/** States of a node that this kernel reaches. A node that is not in the map is PENDING. */
export type NodeStatus = 'READY' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'CANCELLED';

/** Everything that a run's events say, folded. Never changed in place once it is handed out. */
export interface RunState {
  readonly runId: string;
  readonly namespace: string;
  readonly workflowId: string;
  /** Zero: the implicit workflow in `definition`. */
  readonly workflowVersion: number;
  readonly definition: Payload | undefined;
  readonly input: Payload;
  readonly labels: Readonly<Record<string, string>>;
  readonly sessionId: string;
  readonly traceparent: string;
  readonly status: RunStatus;
  /** seq of the last event folded. */
  readonly seq: number;
  readonly createdAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly nodes: ReadonlyMap<string, NodeRun>;
  /** In state DONE. */
  readonly output: Payload | undefined;
  /** In states FAILED and CANCELLED. */
  readonly failure: Failure | undefined;
  /** Empty: none. */
  readonly failedNodeId: string;
}

/** One node of a run that is no longer PENDING. */
export interface NodeRun {
  readonly id: string;
  readonly status: NodeStatus;
  /** Zero: it never came to an attempt. */
  readonly attempt: number;
  /** The delivery of the attempt that is on its way or was the last. */
  readonly dispatch: number;
  /** Dispatches of all attempts that were lost with an executor. */
  readonly lostDispatches: number;
  /** seq of the node_scheduled event of the current attempt. */
  readonly scheduledSeq: number;
  /** seq of the node_scheduled event of the first attempt: what came later is in the input of none. Zero: none. */
  readonly inputSeq: number;
  readonly firstScheduledAtMs: number;
  readonly scheduledAtMs: number;
  /** The dispatch whose start is recorded; zero: none. */
  readonly startedDispatch: number;
  /** In state READY while the next attempt is not due. */
  readonly retryAtMs: number | undefined;
  readonly output: Payload | undefined;
  /** seq of the event that holds the output. */
  readonly outputSeq: number;
  readonly failure: Failure | undefined;
  readonly endedAtMs: number | undefined;
  /** seq of the event that made it final; zero while it is not. */
  readonly endedSeq: number;
  /** Where the run went on from here. */
  readonly nextNodeIds: readonly string[];
}

/** Whether nothing can change the run any more. */
export function isTerminal(status: RunStatus): boolean {
  return status !== 'RUNNING';
}

/** Whether the node has reached its last state. */
export function isFinal(node: NodeRun | undefined): boolean {
  return node !== undefined && node.status !== 'READY' && node.status !== 'RUNNING';
}

/** Whether a task of the node is with an executor or should be. */
export function needsDispatch(node: NodeRun): boolean {
  return (node.status === 'READY' && node.retryAtMs === undefined) || node.status === 'RUNNING';
}
