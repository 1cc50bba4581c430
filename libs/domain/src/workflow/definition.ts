import type { JsonObject, JsonValue } from '../expression/json.ts';
import type { FlowDefinition } from './flow-definition.ts';

/**
 * The workflow definition: the native document itself, checked. Its field names are those of the
 * document, so that what is stored, digested, shown and edited is one and the same thing. Importers
 * turn every other dialect into this form. Durations stay text (`"30s"`, `"500ms"`, `"1h30m"`); the
 * compiled plan has them in milliseconds.
 */
export interface WorkflowDefinition extends FlowDefinition {
  /** Stable name of the workflow: `[A-Za-z0-9_.-]{1,128}`. */
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  /** The author's own label. The store numbers versions by itself. */
  readonly version?: string;
  /** JSON Schema 2020-12 of the run's input. Without it every JSON value is accepted. */
  readonly input_schema?: JsonSchema;
  /** Template of the run's output. Default: the output of the one node the run ended at, else a map by node id. */
  readonly output?: JsonValue;
  /**
   * Templates of what its runs are found by, of `input` and `run`, made when a run starts. Names:
   * `[a-z][a-z0-9_]{0,63}`; at most 32. What is not in the input makes no attribute.
   */
  readonly search_attributes?: JsonObject;
  /** 1 to 1,000 nodes, in document order. */
  readonly nodes: readonly NodeDefinition[];
  /** 0 to 5,000 edges. Their order is the order in which conditions are tried. */
  readonly edges: readonly EdgeDefinition[];
  /** What every node has unless it says otherwise. */
  readonly defaults?: NodeDefaults;
  /** Free-form, kept as written. */
  readonly metadata?: JsonObject;
}

/** A JSON Schema: an object, or true (everything) or false (nothing). */
export type JsonSchema = JsonObject | boolean;

/** Settings a node may have, and a workflow may give to all its nodes. */
export interface NodeDefaults {
  readonly timeouts?: TimeoutsDefinition;
  readonly retry?: RetryDefinition;
  /** What a node's final failure does. Default `fail`, or `route` where the node has an error edge. */
  readonly on_error?: OnError;
  /** Default `at_least_once`. */
  readonly delivery?: Delivery;
  /** How the outputs of several nodes become the input of a node without `input`. Default `by_node`. */
  readonly merge?: Merge;
}

/** Durations of one node. All but `start_to_close` (default 5m) are off unless given. */
export interface TimeoutsDefinition {
  /** From scheduled to taken by an executor. */
  readonly schedule_to_start?: string;
  /** From taken to finished, per attempt. Default 5m. */
  readonly start_to_close?: string;
  /** Longest silence of a running attempt. */
  readonly heartbeat?: string;
  /** From first scheduled to finally finished, over all attempts. */
  readonly schedule_to_close?: string;
}

/** Retry of a failed attempt. Defaults: 3 attempts for nodes that call somebody (1 for the others), 1s, 2, 30s, 0.1, none. */
export interface RetryDefinition {
  /** Attempts in all, the first included: 1 to 100. */
  readonly max_attempts?: number;
  /** Wait before the second attempt. */
  readonly initial?: string;
  /** Growth of the wait from attempt to attempt: 1 to 10. */
  readonly multiplier?: number;
  /** Longest wait. */
  readonly max?: string;
  /** Random part of the wait, from 0 to 1: a wait of w lasts between w·(1−jitter) and w·(1+jitter). */
  readonly jitter?: number;
  /** Error codes that are final at once. */
  readonly non_retryable?: readonly string[];
}

/** `fail` ends the run, `skip` goes on as if the node had been skipped, `route` takes the node's error edges. */
export type OnError = 'fail' | 'skip' | 'route';
/** `at_most_once`: an attempt of unknown outcome is never repeated. */
export type Delivery = 'at_least_once' | 'at_most_once';
/** `by_node`: a map by node id. `objects`: the fields of all the objects in one, later nodes win. */
export type Merge = 'by_node' | 'objects';
/** How many of the incoming edges must have been taken before a node starts. */
export type Join = 'all' | 'any' | number;
/** `first`: one edge, the first whose condition holds, else the fallback. `all`: every edge that holds. */
export type Branch = 'first' | 'all';

/** Fields of every node, whatever its type. */
export interface NodeBase extends NodeDefaults {
  /** `[A-Za-z0-9_.-]{1,128}`, unique in the workflow. */
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  /** Template of the node's input. Default: the output of the node before it; of a start node, the run's input. */
  readonly input?: JsonValue;
  /** Condition: where it is false the node is skipped. */
  readonly when?: string;
  /** Default `all`. */
  readonly join?: Join;
  /** Default `first` where an outgoing edge has a condition, else `all`. */
  readonly branch?: Branch;
  /**
   * What undoes the node's work: a call that is made when the run fails or is cancelled after the node has succeeded.
   * Calls of several nodes are made one by one, the latest success first. Without `input` it gets the node's output.
   */
  readonly compensate?: CompensationDefinition;
  /** Free-form, kept as written. */
  readonly metadata?: JsonObject;
}

/** A node without an id: it takes the one of the node it undoes, with `~compensate` behind it. */
export type CompensationDefinition =
  | Omit<AgentNode, 'id'>
  | Omit<RpcNode, 'id'>
  | Omit<ToolNode, 'id'>
  | Omit<SubworkflowNode, 'id'>;

/** Calls an agent. */
export interface AgentNode extends NodeBase {
  readonly type: 'agent';
  readonly agent_id: string;
  /** Semantic version range of the agent, such as `^1.2`. Default: any version. */
  readonly version?: string;
  /** Which of the agent's skills. Default: the agent decides. */
  readonly skill?: string;
  /**
   * Agents to call instead, in this order, where no instance of this one can be reached: at most 8, of any version. Default:
   * those that the agent is registered with.
   */
  readonly fallback?: readonly string[];
  /** Handed to the agent as it is. */
  readonly config?: JsonObject;
}

/** Calls a language model. Without `prompt` and `messages` the node's input is the user's message. */
export interface LlmNode extends NodeBase {
  readonly type: 'llm';
  readonly model: string;
  /** Template: text of the system message, put first. */
  readonly system?: string;
  /** Template: text of a user message, put last. */
  readonly prompt?: string;
  /** Template: list of `{role, content}`, or one expression that gives such a list. */
  readonly messages?: JsonValue;
  /** The part the model plays here, such as `summarizer`; for events and telemetry, not for the model. */
  readonly role?: string;
  /** JSON Schema the completion must satisfy; the node's output is then the parsed JSON. */
  readonly output_schema?: JsonSchema;
  /** How often an answer that breaks `output_schema` is asked to be mended, within one attempt: 0 to 5. Default 2. */
  readonly repair_turns?: number;
  /** Largest prompt; a larger one fails before the model is asked. Default: as large as llm-proxy takes. */
  readonly context_budget?: ContextBudget;
  /** 0 to 2. Default: the model's. */
  readonly temperature?: number;
  /** 1 to 1,000,000. Default: the model's. */
  readonly max_tokens?: number;
  /** Further settings for the provider, handed on as they are. */
  readonly config?: JsonObject;
}

/** Bounds of a prompt: its messages and its output_schema together. */
export interface ContextBudget {
  /** Estimated tokens, from 1. */
  readonly tokens?: number;
  /** UTF-8 bytes, from 1. */
  readonly bytes?: number;
}

/** Calls a unary method of a registered rpc service. Its input is the request, its output the response, as JSON. */
export interface RpcNode extends NodeBase {
  readonly type: 'rpc';
  /** As registered with `skein services register`. */
  readonly service_id: string;
  /** `package.Service/Method`. */
  readonly method: string;
  /** Templates of texts by lower-case key, sent with the call as its metadata (headers). */
  readonly request_metadata?: JsonObject;
}

/** Calls a registered tool. Its input and output are the tool's. */
export interface ToolNode extends NodeBase {
  readonly type: 'tool';
  /** As registered with `skein tools register`. */
  readonly tool_id: string;
}

/** Passes its input through; its edges decide where the run goes on. */
export interface DecisionNode extends NodeBase {
  readonly type: 'decision';
  /** Documentation only: what decides are the conditions of the edges. */
  readonly conditions?: readonly string[];
  readonly config?: JsonObject;
}

/** Computes a value. Its output is `expression`, else its input. */
export interface TransformNode extends NodeBase {
  readonly type: 'transform';
  /** A CEL expression (no `${ }` around it). */
  readonly expression?: string;
  readonly config?: JsonObject;
}

/** Passes its input through: a named entry or exit of the graph. */
export interface PassNode extends NodeBase {
  readonly type: 'input' | 'output';
  readonly config?: JsonObject;
}

/** A graph within a node: it runs as a child run with a history of its own. Its `input` is the child's input. */
export interface BodyDefinition {
  /** 1 to 1,000 nodes, in document order. Their expressions see the body alone. */
  readonly nodes: readonly NodeDefinition[];
  readonly edges: readonly EdgeDefinition[];
  /** Template of the child's output. Default: as a workflow's. */
  readonly output?: JsonValue;
}

/** What a failed item does: fails the node, leaves null in the list, or is collected like the others. */
export type OnItemError = 'fail' | 'skip' | 'collect';

/**
 * Runs its body once for each item, as child runs. Its output is the list of their outputs in the order of the items;
 * with `on_item_error: collect` a list of `{ok: true, output}` and `{ok: false, error}`.
 */
export interface MapNode extends NodeBase {
  readonly type: 'map';
  /** Template that gives a list of at most 100,000 items, such as `${ input.documents }`. */
  readonly items: JsonValue;
  /** In its expressions `input` and `item` are the item, `index` is its position. */
  readonly body: BodyDefinition;
  /** Most items at a time: 1 to 1,000. Default 10. */
  readonly concurrency?: number;
  /** Default `fail`. */
  readonly on_item_error?: OnItemError;
}

/**
 * Runs its body again and again, as child runs: the first time with the node's input, then with the output of the time
 * before. Its output is that of the last time.
 */
export interface LoopNode extends NodeBase {
  readonly type: 'loop';
  /** In its expressions `input` is what this iteration is given, `index` counts from 0. */
  readonly body: BodyDefinition;
  /** Condition, looked at after each iteration: `last` is its output, `index` its number. None: `max_iterations` decides. */
  readonly until?: string;
  /** 1 to 10,000. Reaching it while `until` does not hold fails the node with MAX_ITERATIONS_REACHED. */
  readonly max_iterations: number;
}

/** Runs another workflow as a child run. */
export interface SubworkflowNode extends NodeBase {
  readonly type: 'subworkflow';
  readonly workflow_id: string;
  /** From 1. Default: the latest when the node starts. */
  readonly version?: number;
  /** JSON Schema that the child's output must satisfy. */
  readonly output_schema?: JsonSchema;
}

/** Waits. Passes its input through. Exactly one of `duration` and `until` is given. */
export interface WaitNode extends NodeBase {
  readonly type: 'wait';
  /** Template of a duration such as `5m`, or of a number of seconds. */
  readonly duration?: string | number;
  /** Template of an RFC 3339 time. */
  readonly until?: string;
}

/** Waits for a signal. Its output is the signal's payload. */
export interface SignalNode extends NodeBase {
  readonly type: 'signal';
  /** `[A-Za-z0-9_.-]{1,128}`. Signals that come early are kept for it. */
  readonly signal_name: string;
  /** JSON Schema that payloads must satisfy: others are refused where they are sent. */
  readonly payload_schema?: JsonSchema;
  /** Longest wait; then the node fails with TIMEOUT. Default: none. */
  readonly timeout?: string;
}

/** Who is asked when nobody has answered. */
export interface EscalationDefinition {
  /** Time after the request. */
  readonly after: string;
  /** They may decide from then on, besides those asked first. */
  readonly approvers: readonly string[];
}

/**
 * Waits for a person's decision. Its output is `{approved, decided_by, comment, form, decided_at}`.
 */
export interface ApprovalNode extends NodeBase {
  readonly type: 'approval';
  /** Template of the question to the approver. */
  readonly prompt?: string;
  /** Who may decide, as the platform knows them: users, or `group:NAME`. Templates. Default: anybody who may see the run. */
  readonly approvers?: readonly string[];
  /** JSON Schema of the form that comes with the decision. */
  readonly form_schema?: JsonSchema;
  /** Time to decide, 365d at most. Nothing waits for ever. */
  readonly expires_in: string;
  readonly escalation?: EscalationDefinition;
  /** What running out of time means. Default `fail`: the node fails with APPROVAL_EXPIRED. */
  readonly on_expire?: 'fail' | 'approve' | 'reject';
  /** What a rejection means. Default `fail`: the node fails with APPROVAL_REJECTED. `continue`: its output says so. */
  readonly on_reject?: 'fail' | 'continue';
}

/** A step of the graph. */
export type NodeDefinition =
  | AgentNode
  | LlmNode
  | RpcNode
  | ToolNode
  | DecisionNode
  | TransformNode
  | PassNode
  | MapNode
  | LoopNode
  | SubworkflowNode
  | WaitNode
  | SignalNode
  | ApprovalNode;

/** The node types this version runs. */
export type NodeType = NodeDefinition['type'];

/** A possible way on from one node to another. */
export interface EdgeDefinition {
  readonly from: string;
  readonly to: string;
  /** CEL condition. Empty, `default` and `always` make the edge the fallback. */
  readonly condition?: string;
  /** Default `success`. */
  readonly on?: EdgeOutcome;
}

/** Which end of its node an edge follows. */
export type EdgeOutcome = 'success' | 'error';
