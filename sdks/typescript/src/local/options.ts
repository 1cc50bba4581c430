import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { LlmRequest, WorkflowDefinition } from '@skein/domain';
import type { Agent, AgentHandler } from '../agent/agent.ts';
import type { AgentContext, LogSink } from '../agent/context.ts';
import type { Question } from '../agent/question.ts';
import type { LocalEvent } from './local-event.ts';

/** What is run: a definition as an object, or as YAML or JSON text, in any of the dialects. */
export type LocalWorkflow = string | WorkflowDefinition | JsonObject;

/** What a function that stands for a model, a tool or a service knows of its call. */
export interface CallContext extends Pick<
  AgentContext,
  'runId' | 'nodeId' | 'attempt' | 'idempotencyKey' | 'signal' | 'delta' | 'sleep'
> {}

/** An agent: one that `defineAgent` made, or its handler alone. */
export type LocalAgent = Agent | AgentHandler<never, unknown>;

/** What a model answers: its text, or that and what it consumed. */
export type ModelAnswer =
  | string
  | {
      readonly text: string;
      /** The model that answered. Default: the one that was asked. */
      readonly model?: string;
      /** Default: nothing. */
      readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
    };

/** What an rpc node calls. */
export interface RpcCall {
  /** `package.Service/Method`. */
  readonly method: string;
  readonly message: JsonValue;
  readonly metadata: JsonObject;
}

/** A wait of a node for somebody. */
export interface LocalWait {
  readonly runId: string;
  readonly nodeId: string;
}

/** An approval that a node waits for. */
export interface ApprovalRequest extends LocalWait {
  readonly prompt: string;
  /** Empty: anybody. */
  readonly approvers: readonly string[];
}

/** A person's decision. */
export interface ApprovalDecision {
  readonly approved: boolean;
  /** Must be among the approvers, or in one of their groups. Default: somebody who may decide. */
  readonly decidedBy?: string;
  /** Groups of that person, without `group:` before. Default: none. */
  readonly groups?: readonly string[];
  readonly comment?: string;
  /** Default: null. */
  readonly form?: JsonValue;
}

/** A value, or a function that makes it when it is wanted; one that answers undefined leaves the run waiting. */
export type Given<Value, Request> = Value | ((request: Request) => Value | undefined | Promise<Value | undefined>);

/** How a workflow is run, and who does its work. */
export interface LocalOptions {
  /** The run's input. Default: null. */
  readonly input?: unknown;
  /** By agent id. */
  readonly agents?: Readonly<Record<string, LocalAgent>>;
  /** Answers every `llm` node. */
  readonly llm?: (request: LlmRequest, context: CallContext) => ModelAnswer | Promise<ModelAnswer>;
  /** By tool id. */
  readonly tools?: Readonly<Record<string, (input: JsonValue, context: CallContext) => unknown>>;
  /** By service id: answers the JSON form of the response. */
  readonly rpc?: Readonly<Record<string, (call: RpcCall, context: CallContext) => unknown>>;
  /** Those that `subworkflow` nodes run, by id; each stands for all of its versions. */
  readonly workflows?: Readonly<Record<string, LocalWorkflow>>;
  /** Payloads of signals by name, sent whenever a node waits for one. */
  readonly signals?: Readonly<Record<string, Given<JsonValue, LocalWait>>>;
  /** Decisions by node id. */
  readonly approvals?: Readonly<Record<string, Given<boolean | ApprovalDecision, ApprovalRequest>>>;
  /** Answers to what agents ask, by node id. */
  readonly answers?: Readonly<Record<string, Given<JsonValue, LocalWait & Question>>>;
  /** `virtual`: waits, backoffs and timeouts pass at once, in their order, and backoffs have no jitter. Default: `real`. */
  readonly clock?: 'real' | 'virtual';
  readonly labels?: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly sessionId?: string;
  /** Cancels the run; what its nodes did is undone first. */
  readonly signal?: AbortSignal;
  /** Told of every event of the run and its child runs, as it happens. */
  readonly onEvent?: (event: LocalEvent) => void;
  /** Told of what agents and models stream. */
  readonly onDelta?: (delta: LocalDelta) => void;
  /** Told of what agents log. Default: a JSON line on stderr each. */
  readonly log?: LogSink;
}

/** A piece of text that a call streams. */
export interface LocalDelta extends LocalWait {
  readonly attempt: number;
  readonly dispatch: number;
  readonly text: string;
}
