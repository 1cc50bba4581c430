import type { Task } from '@skein/contracts/scheduler';
import type { CallSink } from './agent-protocol.ts';
import type { CallClock } from './call-clock.ts';
import type { CallProgress } from './task-outcome.ts';

/** One task's call under way. */
export interface CallContext {
  readonly task: Task;
  readonly clock: CallClock;
  readonly sink: CallSink;
  readonly progress: CallProgress;
  /** W3C traceparent of the task's span. Empty: none. */
  readonly traceparent: string;
}
