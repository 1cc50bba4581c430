import type { Condition } from '../expression/condition.ts';
import type { Expression } from '../expression/expression.ts';
import type { JsonObject, JsonValue } from '../expression/json.ts';
import type { Template } from '../expression/template.ts';
import type { FlowPlan } from './compile-flow.ts';
import type {
  Branch,
  ContextBudget,
  Delivery,
  EdgeOutcome,
  Join,
  Merge,
  OnError,
  OnItemError,
  WorkflowDefinition,
} from './definition.ts';

/**
 * A workflow compiled for running: everything parsed, checked, indexed and in milliseconds. Immutable
 * and safe to share between all runs of the version; holds no state of any run.
 */
export interface Plan {
  readonly workflowId: string;
  readonly definition: WorkflowDefinition;
  /** By id, in document order. */
  readonly nodes: ReadonlyMap<string, PlanNode>;
  /** What undoes nodes, by their own ids: those of the nodes they undo, with `~compensate` behind. */
  readonly compensations: ReadonlyMap<string, PlanNode>;
  /** In document order: `edges[i].index === i`. */
  readonly edges: readonly PlanEdge[];
  /** The nodes without incoming edges, in document order: at least one. */
  readonly startNodes: readonly string[];
  /** Every node id, each after all nodes that lead to it; document order where the graph leaves it open. */
  readonly order: readonly string[];
  /** Whether any of its nodes waits for a time, a signal or a person. */
  readonly hasWaits: boolean;
  /** The `output` template of the workflow. */
  readonly output: Template | undefined;
  /** The `search_attributes` of the workflow, by name. */
  readonly searchAttributes: ReadonlyMap<string, Template>;
  /** Limits, priority and fairness of its runs; undefined: the definition says nothing about them. */
  readonly flow: FlowPlan | undefined;
  /** The violations of `input_schema` by a run's input, at most 100; empty: the input is accepted. */
  readonly validateInput: (input: JsonValue) => readonly SchemaViolation[];
}

/** Where a value breaks its JSON Schema. */
export interface SchemaViolation {
  /** JSON Pointer into the value; empty for the value itself. */
  readonly pointer: string;
  /** The schema keyword that was broken, such as `required`. */
  readonly keyword: string;
  readonly message: string;
}

/** A node ready to run. */
export interface PlanNode {
  readonly id: string;
  /** Position in the document, from 0. */
  readonly index: number;
  /** Who does the work, and with what settings. */
  readonly work: NodeWork;
  readonly input: Template | undefined;
  readonly when: Condition | undefined;
  readonly join: Join;
  /** The ways on after its success and after its failure. */
  readonly ways: Readonly<Record<EdgeOutcome, Ways>>;
  readonly onError: OnError;
  readonly delivery: Delivery;
  readonly merge: Merge;
  readonly timeouts: TimeoutPolicy;
  readonly retry: RetryPolicy;
  /** In document order. */
  readonly incoming: readonly PlanEdge[];
  /** In document order, for success and error together. */
  readonly outgoing: readonly PlanEdge[];
  /** The distinct nodes its incoming edges come from, in document order. */
  readonly predecessors: readonly string[];
  /** The nodes whose outputs its input, prompts or `when` read by name. Not the ones it gets by default. */
  readonly needs: ReadonlySet<string>;
}

/**
 * What a node does. `agent`, `llm`, `rpc` and `tool` go to an executor as tasks; `map`, `loop` and `subworkflow` make child runs;
 * `wait`, `signal` and `approval` wait; `local` is computed on the spot with `localOutput`.
 */
export type NodeWork = TaskWork | ChildWork | WaitingWork | LocalWork;

/** Work that an executor does. */
export type TaskWork = AgentWork | LlmWork | RpcWork | ToolWork;

/** Work that child runs do. */
export type ChildWork = MapWork | LoopWork | SubworkflowWork;

/** Work that is waiting. */
export type WaitingWork = WaitWork | SignalWork | ApprovalWork;

/** A child run for each item of a list. */
export interface MapWork {
  readonly kind: 'map';
  readonly items: Template;
  readonly body: Plan;
  readonly concurrency: number;
  readonly onItemError: OnItemError;
}

/** Child runs one after the other, each with the output of the one before. */
export interface LoopWork {
  readonly kind: 'loop';
  readonly body: Plan;
  readonly until: Condition | undefined;
  readonly maxIterations: number;
}

/** One child run of another workflow. */
export interface SubworkflowWork {
  readonly kind: 'subworkflow';
  readonly workflowId: string;
  /** Zero: the latest when the node starts. */
  readonly version: number;
  /** The violations of `output_schema` by the child's output. */
  readonly validateOutput: (output: JsonValue) => readonly SchemaViolation[];
}

/** Waits for a time: a duration from now, or a point in time. */
export interface WaitWork {
  readonly kind: 'wait';
  readonly duration: Template | undefined;
  readonly until: Template | undefined;
}

/** Waits for a signal. */
export interface SignalWork {
  readonly kind: 'signal';
  readonly signalName: string;
  /** The violations of `payload_schema` by a payload. */
  readonly validatePayload: (payload: JsonValue) => readonly SchemaViolation[];
  readonly timeoutMs: number | undefined;
}

/** Waits for a person's decision. */
export interface ApprovalWork {
  readonly kind: 'approval';
  readonly prompt: Template | undefined;
  /** Gives a list of texts; undefined: anybody may decide. */
  readonly approvers: Template | undefined;
  readonly validateForm: (form: JsonValue) => readonly SchemaViolation[];
  readonly expiresInMs: number;
  readonly escalation: { readonly afterMs: number; readonly approvers: Template } | undefined;
  readonly onExpire: 'fail' | 'approve' | 'reject';
  readonly onReject: 'fail' | 'continue';
}

/** A call of an agent. */
export interface AgentWork {
  readonly kind: 'agent';
  readonly agentId: string;
  /** Semantic version range, or undefined for any. */
  readonly version: string | undefined;
  readonly skill: string | undefined;
  /** Undefined: those that the agent is registered with. */
  readonly fallback: readonly string[] | undefined;
  readonly config: JsonObject;
}

/** A call of a language model. The task's input is an {@link LlmRequest}. */
export interface LlmWork {
  readonly kind: 'llm';
  readonly model: string;
  readonly system: Template | undefined;
  readonly prompt: Template | undefined;
  readonly messages: Template | undefined;
  /** Empty: none is named. */
  readonly role: string;
  readonly outputSchema: JsonObject | boolean | undefined;
  readonly repairTurns: number | undefined;
  readonly contextBudget: ContextBudget | undefined;
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  readonly config: JsonObject;
}

/** A call of a unary method. The task's input is an {@link RpcRequest}. */
export interface RpcWork {
  readonly kind: 'rpc';
  readonly serviceId: string;
  /** `package.Service/Method`. */
  readonly method: string;
  readonly metadata: Template | undefined;
}

/** A call of a tool. The task's input is the tool's. */
export interface ToolWork {
  readonly kind: 'tool';
  readonly toolId: string;
}

/** A node that needs nobody: decision, transform, input, output. */
export interface LocalWork {
  readonly kind: 'local';
  readonly type: 'decision' | 'transform' | 'input' | 'output';
  /** Of a transform: what its output is. Undefined: its input. */
  readonly expression: Expression | undefined;
}

/** What an llm node asks for: the resolved input of its task. */
export interface LlmRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: JsonValue }[];
  readonly output_schema?: JsonObject | boolean;
  readonly repair_turns?: number;
  readonly context_budget?: ContextBudget;
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly config?: JsonObject;
}

/** What an rpc node asks for: the resolved input of its task. */
export interface RpcRequest {
  /** The JSON form of the request message. */
  readonly message: JsonValue;
  /** Texts by key. */
  readonly metadata?: JsonObject;
}

/** An edge ready to be chosen. */
export interface PlanEdge {
  /** Position among the workflow's edges, from 0. */
  readonly index: number;
  readonly from: string;
  readonly to: string;
  readonly on: EdgeOutcome;
  /** Undefined: the edge is unconditional, which makes it the fallback where others have conditions. */
  readonly condition: Condition | undefined;
}

/** The edges of one outcome, sorted for choosing. */
export interface Ways {
  readonly branch: Branch;
  /** The edges with a condition, in document order. */
  readonly conditional: readonly PlanEdge[];
  /** The edges without, in document order. Beside conditional ones only the first can be taken. */
  readonly unconditional: readonly PlanEdge[];
}

/** Timeouts of one node, in milliseconds. Undefined: none. */
export interface TimeoutPolicy {
  readonly scheduleToStartMs: number | undefined;
  readonly startToCloseMs: number;
  readonly heartbeatMs: number | undefined;
  readonly scheduleToCloseMs: number | undefined;
}

/** Retry of one node. The wait before attempt n+1 is `min(initialMs · multiplier^(n−1), maxMs)`, spread by jitter. */
export interface RetryPolicy {
  /** Attempts in all, at least 1. */
  readonly maxAttempts: number;
  readonly initialMs: number;
  readonly multiplier: number;
  readonly maxMs: number;
  /** 0 to 1: a wait of w lasts between w·(1−jitter) and w·(1+jitter). */
  readonly jitter: number;
  readonly nonRetryable: ReadonlySet<string>;
}
