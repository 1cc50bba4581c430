import type { JsonObject, JsonValue } from '@bufbuild/protobuf';

/** What an in-process agent is asked. */
export interface AgentFunctionCall {
  readonly input: JsonValue;
  /** The agent's settings under those of the node. */
  readonly config: JsonObject;
  readonly namespace: string;
  readonly agentId: string;
  readonly runId: string;
  readonly nodeId: string;
  /** Empty: none. */
  readonly sessionId: string;
  /** Empty: the function decides. */
  readonly skillId: string;
  /** The same for every delivery of the attempt: a function with side effects recognises repeated work by it. */
  readonly idempotencyKey: string;
  /** From 1. */
  readonly attempt: number;
  /** What the last heartbeat of an earlier attempt or delivery said; undefined: nothing. */
  readonly resumeDetails: JsonValue | undefined;
  /** What child runs of this one are started with (`run_token` of StartRunRequest). */
  readonly runToken: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Streams text to whoever watches. */
  readonly delta: (text: string) => void;
  /** Reports progress to whoever watches. */
  readonly state: (state: string, detail?: string) => void;
  /** Says that the function is alive and how far it has come: at most 64 KiB of JSON for the next attempt or delivery. */
  readonly heartbeat: (resumeDetails?: JsonValue) => void;
}

/** An agent that is a function of this process. What it returns is the output; what it throws, the failure. */
export type AgentFunction = (call: AgentFunctionCall) => JsonValue | Promise<JsonValue>;

/** What an object whose agent has `execute` is given. */
export interface AgentObjectTask {
  /** The same for every delivery of the attempt. */
  readonly id: string;
  readonly type: string;
  readonly payload: JsonValue;
  readonly context: {
    /** Absent: none. */
    readonly sessionId?: string;
    /** The same as the task's id. */
    readonly requestId: string;
    /** All of the call, with what it streams to. */
    readonly call: AgentFunctionCall;
  };
}

/** What `execute` answers; a method may answer one too. */
export interface AgentObjectResult {
  readonly success: boolean;
  readonly data?: JsonValue;
  readonly error?: string;
  readonly metadata?: JsonObject;
}

/**
 * An agent that is an object of this process and works by task type: where it has `execute(task)`, that is called, else
 * the method that is named as the type, with the payload and the call. Its other members (`id`, `capabilities()`,
 * `health()`, …) are its own affair: nothing in this process is probed.
 *
 * `bind` is what every function has: without it a function of the wrong type would pass as an instance of a class.
 */
export type AgentObject = (object & { readonly bind?: never }) | Readonly<Record<string, unknown>>;

/** Functions and objects by name: `inprocess:NAME` calls the one called NAME. */
export type AgentFunctions = Readonly<Record<string, AgentFunction | AgentObject>>;

/** How a failure of an in-process agent is to be taken. Any other error counts as retryable, under the code UNKNOWN. */
export class AgentFunctionError extends Error {
  override readonly name = 'AgentFunctionError';
  /** Stable UPPER_SNAKE_CASE code. */
  readonly code: string;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Least time to wait before the next attempt, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    options: { readonly retryable?: boolean; readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}
