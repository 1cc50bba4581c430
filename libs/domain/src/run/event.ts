import type { JsonObject, JsonValue } from '../expression/json.ts';
import type { Failure } from './failure.ts';
import type { Payload } from './payload.ts';
import type { SearchAttributes } from './search-attributes.ts';
import type { RunFlow } from './run-flow.ts';

/**
 * The facts of a run, in the kernel's terms. `kind` is the event's name on the
 * wire, in the log and in the documentation; fields are those of
 * `skein.event.v1.RunEvent`, where they are described.
 */
export type RunEvent =
  | RunStarted
  | RunAdmitted
  | UserInput
  | NodeScheduled
  | AgentInvokeStarted
  | AgentInvokeDone
  | LlmCallStarted
  | LlmCallDone
  | RpcCallStarted
  | RpcCallDone
  | ToolCallCreated
  | ToolCallDone
  | InputRequired
  | InputProvided
  | NodeSucceeded
  | NodeRetryScheduled
  | NodeFailed
  | NodeSkipped
  | NodeCancelled
  | TaskDispatchLost
  | TaskHeartbeatRecorded
  | ChildRunsStarted
  | ChildRunEnded
  | WaitStarted
  | SignalAwaited
  | SignalReceived
  | ApprovalRequired
  | ApprovalEscalated
  | ApprovalDecided
  | ResultReused
  | RunPaused
  | RunResumed
  | RunFailing
  | RunCancelling
  | RunDone
  | RunFailed
  | RunCancelled
  | RunTerminated;

export interface RunStarted {
  readonly kind: 'run_started';
  readonly workflowId: string;
  readonly workflowVersion: number;
  readonly definition?: Payload | undefined;
  readonly input: Payload;
  readonly labels: Readonly<Record<string, string>>;
  readonly sessionId: string;
  readonly traceparent: string;
  readonly parent?: ParentLink | undefined;
  readonly bodyPath?: string;
  readonly forkedFrom?: ForkOrigin | undefined;
  /** Absent: none. */
  readonly searchAttributes?: SearchAttributes | undefined;
  /** A JSON object. Absent: none. */
  readonly memo?: Payload | undefined;
  readonly flow?: RunFlow | undefined;
}

export interface RunAdmitted {
  readonly kind: 'run_admitted';
}

/** The node that a child run does the work of. */
export interface ParentLink {
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
  /** Position among the children of the attempt, from 0. */
  readonly index: number;
  /** 1 for a child of a run that is no child. */
  readonly depth: number;
  /** The node's agent has started the run; the node does not wait for it by itself. */
  readonly called?: boolean;
}

/** Where a fork comes from. */
export interface ForkOrigin {
  readonly runId: string;
  /** The last event that it takes over. */
  readonly seq: number;
  /** Nodes that are done again, with all that comes after them, though they had finished. */
  readonly redoNodeIds: readonly string[];
}

export interface UserInput {
  readonly kind: 'user_input';
  readonly message: Payload;
}

export interface NodeScheduled {
  readonly kind: 'node_scheduled';
  readonly nodeId: string;
  readonly attempt: number;
  readonly inputDigest: Uint8Array;
  readonly inputSeqs: readonly number[];
}

/** Names one delivery of one attempt of one node within its run. */
export interface DispatchKey {
  readonly nodeId: string;
  /** From 1. */
  readonly attempt: number;
  /** From 1. */
  readonly dispatch: number;
}

export interface AgentInvokeStarted extends DispatchKey {
  readonly kind: 'agent_invoke_started';
  readonly agentId: string;
  readonly agentVersion: string;
  readonly instanceId: string;
  readonly executorId: string;
  readonly startedAtMs: number;
}

/** How a call ended. */
export type CallOutcome = { readonly output: Payload } | { readonly failure: Failure };

/** What a call consumed. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Millionths of a US dollar. Absent: nothing, or not said. */
  readonly costMicroUsd?: number;
}

export interface AgentInvokeDone extends DispatchKey {
  readonly kind: 'agent_invoke_done';
  readonly outcome: CallOutcome;
  readonly usage: TokenUsage;
  readonly latencyMs: number;
  readonly streamedBytes: number;
  /** Undefined: the one that `agent_invoke_started` names. */
  readonly target?: InvokeTarget | undefined;
}

/** What an agent asks; see `skein.agent.v1.Question`. */
export interface Question {
  readonly kind: 'input' | 'auth';
  readonly message: string;
  /** JSON Schema of the answer. Undefined: anything. */
  readonly schema: JsonObject | undefined;
  /** For the agent alone. */
  readonly state: JsonValue;
}

/** The agent has ended its call with a question. */
export interface InputRequired extends DispatchKey {
  readonly kind: 'input_required';
  readonly question: Question;
  readonly usage: TokenUsage;
  readonly latencyMs: number;
  readonly streamedBytes: number;
}

/** Somebody has answered. */
export interface InputProvided {
  readonly kind: 'input_provided';
  readonly nodeId: string;
  readonly value: Payload;
  /** Empty: nobody said. */
  readonly providedBy: string;
}

/** An instance of an agent that was called. */
export interface InvokeTarget {
  /** The node's agent, or a fallback. */
  readonly agentId: string;
  readonly agentVersion: string;
  readonly instanceId: string;
}

/** What a model was told: see `skein.event.v1.LlmPrompt`. */
export interface LlmPromptRecord {
  readonly digest: Uint8Array;
  readonly sizeBytes: number;
  /** Empty: none is named. */
  readonly role: string;
}

export interface LlmCallStarted extends DispatchKey {
  readonly kind: 'llm_call_started';
  readonly model: string;
  readonly executorId: string;
  readonly startedAtMs: number;
  readonly prompt?: LlmPromptRecord | undefined;
}

export interface LlmCallDone extends DispatchKey {
  readonly kind: 'llm_call_done';
  readonly model: string;
  readonly outcome: CallOutcome;
  readonly usage: TokenUsage;
  readonly latencyMs: number;
  readonly streamedBytes: number;
  readonly prompt?: LlmPromptRecord | undefined;
  /** Zero: not known. */
  readonly turns: number;
}

export interface RpcCallStarted extends DispatchKey {
  readonly kind: 'rpc_call_started';
  readonly serviceId: string;
  readonly method: string;
  readonly address: string;
  readonly executorId: string;
  readonly startedAtMs: number;
}

export interface RpcCallDone extends DispatchKey {
  readonly kind: 'rpc_call_done';
  readonly outcome: CallOutcome;
  readonly latencyMs: number;
}

export interface ToolCallCreated extends DispatchKey {
  readonly kind: 'tool_call_created';
  readonly toolId: string;
  readonly target: string;
  readonly executorId: string;
  readonly startedAtMs: number;
}

export interface ToolCallDone extends DispatchKey {
  readonly kind: 'tool_call_done';
  readonly toolId: string;
  readonly outcome: CallOutcome;
  readonly latencyMs: number;
}

/**
 * The output itself, the seq of the event that holds it, or that it is put together from what the node's child runs
 * ended with: their outputs (null for one that failed), or objects that say how each went.
 */
export type OutputHolder =
  | { readonly output: Payload }
  | { readonly outputSeq: number }
  | { readonly collected: 'outputs' | 'outcomes' };

export interface NodeSucceeded {
  readonly kind: 'node_succeeded';
  readonly nodeId: string;
  readonly attempt: number;
  readonly result: OutputHolder;
  readonly nextNodeIds: readonly string[];
  readonly missingPaths: readonly string[];
}

export interface NodeRetryScheduled {
  readonly kind: 'node_retry_scheduled';
  readonly nodeId: string;
  readonly nextAttempt: number;
  readonly retryAtMs: number;
  readonly failure: Failure;
}

export interface NodeFailed {
  readonly kind: 'node_failed';
  readonly nodeId: string;
  readonly attempt: number;
  readonly failure: Failure;
  readonly nextNodeIds: readonly string[];
}

/** Why a node is skipped: see `skein.event.v1.NodeSkipped.Reason`. */
export type SkipReason = 'not_reached' | 'condition_false' | 'error_skipped';

export interface NodeSkipped {
  readonly kind: 'node_skipped';
  readonly nodeId: string;
  readonly reason: SkipReason;
  readonly failure?: Failure | undefined;
  readonly nextNodeIds: readonly string[];
}

export interface NodeCancelled {
  readonly kind: 'node_cancelled';
  readonly nodeId: string;
  readonly reason: string;
}

export interface ChildRunsStarted {
  readonly kind: 'child_runs_started';
  readonly nodeId: string;
  readonly attempt: number;
  readonly firstIndex: number;
  /** In the order of their indices. */
  readonly childRunIds: readonly string[];
  /** Child runs of the attempt in all; for a loop, at most. */
  readonly total: number;
  /** Whether each gets the output of the one before. */
  readonly sequential: boolean;
}

export interface ChildRunEnded {
  readonly kind: 'child_run_ended';
  readonly nodeId: string;
  readonly attempt: number;
  readonly index: number;
  readonly childRunId: string;
  readonly outcome: CallOutcome;
}

export interface TaskHeartbeatRecorded extends DispatchKey {
  readonly kind: 'task_heartbeat';
  readonly resumeDetails: Payload;
}

export interface WaitStarted {
  readonly kind: 'wait_started';
  readonly nodeId: string;
  readonly dueAtMs: number;
}

export interface SignalAwaited {
  readonly kind: 'signal_awaited';
  readonly nodeId: string;
  readonly name: string;
  readonly dueAtMs: number | undefined;
}

export interface SignalReceived {
  readonly kind: 'signal_received';
  readonly name: string;
  readonly payload: Payload;
  readonly signalId: string;
}

export interface ApprovalRequired {
  readonly kind: 'approval_required';
  readonly nodeId: string;
  readonly prompt: string;
  /** Empty: anybody. */
  readonly approvers: readonly string[];
  readonly expiresAtMs: number;
  readonly escalateAtMs: number | undefined;
  readonly escalateTo: readonly string[];
}

export interface ApprovalEscalated {
  readonly kind: 'approval_escalated';
  readonly nodeId: string;
}

export interface ApprovalDecided {
  readonly kind: 'approval_decided';
  readonly nodeId: string;
  readonly approved: boolean;
  /** Empty: nobody, the time ran out. */
  readonly decidedBy: string;
  readonly comment: string;
  readonly form: Payload;
}

export interface ResultReused {
  readonly kind: 'result_reused';
  readonly nodeId: string;
  readonly output: Payload;
  /** seq of the event in the run that this one is forked from. */
  readonly fromSeq: number;
}

export interface RunPaused {
  readonly kind: 'run_paused';
  /** Empty: the whole run. */
  readonly nodeId: string;
  readonly reason: string;
}

export interface RunResumed {
  readonly kind: 'run_resumed';
  /** Empty: the whole run. */
  readonly nodeId: string;
}

export interface RunFailing {
  readonly kind: 'run_failing';
  readonly failure: Failure;
  readonly nodeId: string;
}

export interface RunCancelling {
  readonly kind: 'run_cancelling';
  readonly reason: string;
}

/** Who lost a task: see `skein.event.v1.TaskDispatchLost.Reason`. */
export type LossReason = 'executor_lost' | 'scheduler_restarted';

export interface TaskDispatchLost extends DispatchKey {
  readonly kind: 'task_dispatch_lost';
  readonly reason: LossReason;
}

export interface RunDone {
  readonly kind: 'run_done';
  readonly result: OutputHolder;
}

export interface RunFailed {
  readonly kind: 'run_failed';
  readonly failure: Failure;
  /** Empty: the run as a whole. */
  readonly nodeId: string;
}

export interface RunCancelled {
  readonly kind: 'run_cancelled';
  readonly reason: string;
}

export interface RunTerminated {
  readonly kind: 'run_terminated';
  readonly reason: string;
}
