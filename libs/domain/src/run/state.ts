import type { Children } from './children.ts';
import type { JsonValue } from '../expression/json.ts';
import type { ForkOrigin, ParentLink, Question } from './event.ts';
import type { Failure } from './failure.ts';
import type { Payload } from './payload.ts';
import type { SearchAttributes } from './search-attributes.ts';
import type { RunFlow } from './run-flow.ts';

/** States of a run. `CREATED`: it waits for slots of its limits. `FAILING` and `CANCELLING`: what its nodes have done is being undone. */
export type RunStatus =
  | 'CREATED'
  | 'RUNNING'
  | 'FAILING'
  | 'CANCELLING'
  | 'DONE'
  | 'FAILED'
  | 'CANCELLED'
  | 'TERMINATED';

/** States of a node. A node that is not in the map is PENDING. */
export type NodeStatus = 'READY' | 'RUNNING' | 'WAITING' | 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'CANCELLED';

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
  readonly searchAttributes: SearchAttributes;
  readonly memo: Payload | undefined;
  readonly sessionId: string;
  readonly traceparent: string;
  readonly status: RunStatus;
  /** seq of the last event folded. */
  readonly seq: number;
  readonly createdAtMs: number;
  readonly endedAtMs: number | undefined;
  readonly nodes: NodeRuns;
  /** In state DONE. */
  readonly output: Payload | undefined;
  /** In states FAILING, FAILED, CANCELLING, CANCELLED and TERMINATED. */
  readonly failure: Failure | undefined;
  /** Empty: none. */
  readonly failedNodeId: string;
  /** Why it was cancelled, in state CANCELLING. */
  readonly cancelReason: string;
  /** The node that this run does the work of. */
  readonly parent: ParentLink | undefined;
  /** The graph within the workflow's nodes that it runs: node ids with `/` between. Empty: the workflow itself. */
  readonly bodyPath: string;
  readonly forkedFrom: ForkOrigin | undefined;
  /** Undefined: no limit applies to it, and nothing in particular. */
  readonly flow: RunFlow | undefined;
  /** Undefined: it is not held back. */
  readonly pause: Pause | undefined;
  /** Nodes that are held back by themselves. */
  readonly pausedNodes: ReadonlyMap<string, Pause>;
  /** Signals that no node has taken yet, oldest first. */
  readonly signals: readonly KeptSignal[];
  /** The last ids of signals, oldest first. */
  readonly signalIds: readonly string[];
  /** Nodes whose agents ask: whether there are any is looked at with every transition, and the nodes are many. */
  readonly asking: number;
}

/** Since when and why something is held back. */
export interface Pause {
  readonly sinceMs: number;
  readonly reason: string;
}

/** A signal that came before it was waited for. */
export interface KeptSignal {
  readonly name: string;
  readonly payload: Payload;
  /** seq of its event. */
  readonly seq: number;
}

/** What a node in state WAITING waits for besides its child runs. */
export type Wait =
  | { readonly kind: 'time'; readonly dueAtMs: number }
  | { readonly kind: 'signal'; readonly name: string; readonly dueAtMs: number | undefined }
  | ApprovalWait
  /** An answer to what its agent asks. */
  | {
      readonly kind: 'input';
      readonly question: Question;
      /** seq of the event that asked. */
      readonly questionSeq: number;
      readonly dueAtMs: undefined;
    };

/** The answer to a question. */
export interface Answer {
  readonly value: Payload;
  /** That of the question. */
  readonly state: JsonValue;
  /** seq of the event that asked. */
  readonly questionSeq: number;
  /** Answers of the attempt so far. */
  readonly turn: number;
}

/** A person's decision. */
export interface ApprovalWait {
  readonly kind: 'approval';
  readonly prompt: string;
  /** Empty: anybody. Those of the escalation among them once it has come. */
  readonly approvers: readonly string[];
  readonly sinceMs: number;
  readonly expiresAtMs: number;
  /** Undefined: there is none, or it has come. */
  readonly escalateAtMs: number | undefined;
  readonly escalateTo: readonly string[];
}

/** The nodes of a run by id, in the order in which their turns came. */
export interface NodeRuns extends ReadonlyMap<string, NodeRun> {
  /** Those that have not reached their last state. */
  readonly open: ReadonlyMap<string, NodeRun>;
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
  /** First 16 bytes of the SHA-256 of the current attempt's input; empty: there was no attempt. */
  readonly inputDigest: Uint8Array;
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
  /** In state WAITING, where it does not wait for child runs. */
  readonly wait: Wait | undefined;
  /** What the last heartbeat of any of its deliveries said. */
  readonly resumeDetails: Payload | undefined;
  /** What its agent's last question of the current attempt was answered with. */
  readonly answer: Answer | undefined;
  /** The child runs of the current or last attempt. */
  readonly children: Children | undefined;
}

/** Whether nothing can change the run any more. */
export function isTerminal(status: RunStatus): boolean {
  return status === 'DONE' || status === 'FAILED' || status === 'CANCELLED' || status === 'TERMINATED';
}

/** Whether the node has reached its last state. */
export function isFinal(node: NodeRun | undefined): boolean {
  return node !== undefined && node.status !== 'READY' && node.status !== 'RUNNING' && node.status !== 'WAITING';
}

/** Whether nothing new of the node may go to an executor or a child run. */
export function isHeldBack(run: Pick<RunState, 'pause' | 'pausedNodes'>, nodeId: string): boolean {
  return run.pause !== undefined || run.pausedNodes.has(nodeId);
}

/** Whether the run goes on only with a time or with somebody: nothing of it is at work. */
export function isWaiting(run: Pick<RunState, 'status' | 'nodes'>): boolean {
  if (run.status !== 'RUNNING') return false;
  let waits = false;
  for (const node of run.nodes.open.values()) {
    if (node.wait === undefined) return false;
    waits = true;
  }
  return waits;
}

/** Whether a task of the node is with an executor or should be. */
export function needsDispatch(node: NodeRun): boolean {
  return (node.status === 'READY' && node.retryAtMs === undefined) || node.status === 'RUNNING';
}
