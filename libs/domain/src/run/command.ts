import type { DispatchKey, LossReason, TokenUsage } from './event.ts';
import type { Failure } from './failure.ts';
import type { Payload } from './payload.ts';

/** What can be asked of a run, or reported to it. */
export type RunCommand = StartRun | TaskStarted | TaskEnded | TaskTimedOut | LoseDispatch | FireTimers | CancelRun;

/** Begins the run. Only ever its first command. */
export interface StartRun {
  readonly kind: 'start_run';
  readonly workflowVersion: number;
  /** The implicit workflow, where the version is zero. */
  readonly definition?: Payload | undefined;
  readonly input: Payload;
  /** What a directly invoked agent or model was told, recorded as `user_input`. */
  readonly userMessage?: Payload | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly sessionId: string;
  readonly traceparent: string;
}

/** How a call went, as its executor saw it. */
export interface CallFacts {
  readonly executorId: string;
  /** Instance of the agent, or the model that answered. Empty: none was reached. */
  readonly target: string;
  readonly targetVersion: string;
  /** Undefined: no call was made. */
  readonly startedAtMs: number | undefined;
  readonly latencyMs: number;
  readonly usage: TokenUsage;
  readonly streamedBytes: number;
  /** Of a model's call. Undefined: nothing was asked, or the executor does not say. */
  readonly prompt?: PromptFacts | undefined;
}

/** What a model was asked, as its executor saw it. */
export interface PromptFacts {
  /** See `promptDigest`. */
  readonly digest: Uint8Array;
  readonly sizeBytes: number;
  /** How often the model was asked. */
  readonly turns: number;
}

/** An executor reports that a task has been running for a while. */
export interface TaskStarted {
  readonly kind: 'task_started';
  readonly key: DispatchKey;
  readonly facts: CallFacts;
}

/** An executor reports how a task ended. */
export interface TaskEnded {
  readonly kind: 'task_ended';
  readonly key: DispatchKey;
  readonly outcome: { readonly output: Payload } | { readonly failure: Failure };
  readonly facts: CallFacts;
}

/** Which of a node's timeouts ran out. */
export type TimeoutKind = 'schedule_to_start' | 'start_to_close';

/** A timeout ran out that is counted from something only the caller knows: when the task went to an executor. */
export interface TaskTimedOut {
  readonly kind: 'task_timed_out';
  readonly key: DispatchKey;
  readonly timeout: TimeoutKind;
}

/** Whoever held a task is gone. */
export interface LoseDispatch {
  readonly kind: 'lose_dispatch';
  readonly key: DispatchKey;
  readonly reason: LossReason;
}

/** Makes due what is due by the clock: attempts after a backoff, and schedule_to_close. */
export interface FireTimers {
  readonly kind: 'fire_timers';
}

/** Ends the run. */
export interface CancelRun {
  readonly kind: 'cancel_run';
  readonly reason: string;
}
