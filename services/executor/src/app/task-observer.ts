import type { Task } from '@skein/contracts/scheduler';
import type { CallProgress, TaskOutcome } from './task-outcome.ts';

/** One task, as it is traced, counted and logged. */
export interface TaskObservation {
  /** W3C traceparent of the task's span, for whom it calls. Empty: none. */
  readonly traceparent: string;
  /** Runs the work so that its logs and calls belong to the task. */
  within<T>(work: () => T): T;
  /** The task has ended. Called once. */
  ended(outcome: TaskOutcome, progress: CallProgress): void;
}

/** Told of tasks: one call does the tracing, the counting and the logging of one business event. */
export interface TaskObserver {
  /** `isLocal` says whether the work is done in this process; only few tasks are asked for it. */
  taskBegan(task: Task, isLocal: () => boolean): TaskObservation;
  /** Something failed that nobody foresaw. */
  defect(what: string, error: unknown): void;
}
