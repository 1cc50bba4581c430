import type { CallOutcome, DispatchKey, ForkOrigin, LossReason, ParentLink, Question, TokenUsage } from './event.ts';
import type { Failure } from './failure.ts';
import type { Payload } from './payload.ts';
import type { SearchAttributes } from './search-attributes.ts';
import type { RunFlow } from './run-flow.ts';

/** What can be asked of a run, or reported to it. */
export type RunCommand =
  | StartRun
  | AdmitRun
  | TaskStarted
  | TaskHeartbeat
  | TaskEnded
  | TaskTimedOut
  | LoseDispatch
  | FireTimers
  | ChildEnded
  | SendSignal
  | DecideApproval
  | ProvideInput
  | PauseRun
  | ResumeRun
  | CancelRun
  | TerminateRun;

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
  /** The node that this run does the work of. */
  readonly parent?: ParentLink | undefined;
  /** Which graph within the workflow's nodes it runs. Default: the workflow itself. */
  readonly bodyPath?: string;
  /** The run that this one goes on from, and what it need not do again. */
  readonly fork?: ForkSource | undefined;
  /** Those of the workflow are among them. Default: none. */
  readonly searchAttributes?: SearchAttributes | undefined;
  readonly memo?: Payload | undefined;
  /** Undefined: no limit applies to it, and nothing in particular. */
  readonly flow?: RunFlow | undefined;
}

/** The run holds a slot of every limit that it needs. Of no effect on one that has begun. */
export interface AdmitRun {
  readonly kind: 'admit_run';
  /** What a fork need not do again: what is known at its start is not kept while it waits. */
  readonly results?: ReadonlyMap<string, ReusableResult> | undefined;
}

/** What a fork takes from the run it comes from. */
export interface ForkSource extends ForkOrigin {
  /** By node id; a result counts where the node's input comes out the same. */
  readonly results: ReadonlyMap<string, ReusableResult>;
}

/** A result of another run. */
export interface ReusableResult {
  /** Undefined: whatever the input is. Only a replay says so: it was taken over back then. */
  readonly inputDigest: Uint8Array | undefined;
  readonly output: Payload;
  /** seq of the event there that holds it. */
  readonly seq: number;
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
  /** The agent that was called, where it is not the node's. Undefined: it is. */
  readonly targetAgentId?: string | undefined;
  /** Instances that an agent's call was tried at. Undefined: one at most. */
  readonly instancesTried?: number | undefined;
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

/** An executor reports how far a task has come. */
export interface TaskHeartbeat {
  readonly kind: 'task_heartbeat';
  readonly key: DispatchKey;
  readonly resumeDetails: Payload;
}

/** An executor reports how a task ended. */
export interface TaskEnded {
  readonly kind: 'task_ended';
  readonly key: DispatchKey;
  readonly outcome: CallOutcome | { readonly question: Question };
  readonly facts: CallFacts;
}

/** Somebody answers what a node's agent asks. */
export interface ProvideInput {
  readonly kind: 'provide_input';
  readonly nodeId: string;
  /** seq of the event that asked; the answer counts for no other question. */
  readonly questionSeq: number;
  readonly value: Payload;
  readonly providedBy: string;
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

/** A child run has ended. */
export interface ChildEnded {
  readonly kind: 'child_ended';
  readonly nodeId: string;
  readonly attempt: number;
  readonly index: number;
  readonly childRunId: string;
  readonly outcome: { readonly output: Payload } | { readonly failure: Failure };
}

/** Somebody sends the run a signal. */
export interface SendSignal {
  readonly kind: 'send_signal';
  readonly name: string;
  readonly payload: Payload;
  /** The same id again has no effect. Empty: every signal counts. */
  readonly signalId: string;
}

/** A person decides. */
export interface DecideApproval {
  readonly kind: 'decide_approval';
  readonly nodeId: string;
  readonly approved: boolean;
  readonly decidedBy: string;
  readonly comment: string;
  readonly form: Payload;
}

/** Holds the run, or one node of it, back: nothing new goes to executors or child runs. */
export interface PauseRun {
  readonly kind: 'pause_run';
  /** Empty: the whole run. */
  readonly nodeId: string;
  readonly reason: string;
}

/** Lets what was held back go on. */
export interface ResumeRun {
  readonly kind: 'resume_run';
  /** Empty: the whole run; nodes that are held back by themselves stay so. */
  readonly nodeId: string;
}

/** Ends the run; what its nodes have done is undone first. */
export interface CancelRun {
  readonly kind: 'cancel_run';
  readonly reason: string;
}

/** Ends the run at once; nothing is undone. */
export interface TerminateRun {
  readonly kind: 'terminate_run';
  readonly reason: string;
}
