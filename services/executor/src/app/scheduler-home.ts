import type { TaskReport } from '@skein/contracts/scheduler';

/** The scheduler that a task came from, as the task sees it. Calls return at once and never fail. */
export interface SchedulerHome {
  /** For messages: its address. */
  readonly name: string;
  /** Sends news. What is final is kept by the desk and sent again after a break. */
  report(report: TaskReport): void;
  /** The number of tasks that take up room has changed. */
  roomChanged(): void;
}
