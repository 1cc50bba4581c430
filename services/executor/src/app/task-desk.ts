/**
 * The tasks this executor has in hand, from their arrival until the scheduler has acknowledged their end.
 *
 * Owns: which tasks run, whom each is reported to, and every report until it is acknowledged. Does not own: how a
 * task is done (TaskRunner), nor the streams to the schedulers (SchedulerHome).
 *
 * K1. An attempt is here at most once: a newer delivery of it adopts the work under way, or gets the kept report;
 *     the agent is not called again. What comes with a newer answer to a question is other work: it takes the place of
 *     what has not heard that answer.
 * K2. A final report is kept until it is acknowledged under the delivery it was made for.
 * K3. A cancelled task is reported to nobody.
 * K4. A claim moves a task, or its kept report, to the scheduler that makes it; what is not in hand is not claimed.
 * K5. What a task streamed is stored, or has had its time to be, before its end is reported.
 *
 *   receive ─▶ running ─▶ settling ─▶ reported ─▶ (acknowledged: gone)
 *                 │           ▲           │
 *                 └─ cancel   └─ newer delivery
 */
import type { JsonValue } from '@bufbuild/protobuf';
import type { Task, TaskRef, TaskReport } from '@skein/contracts/scheduler';
import { resumeDetailsText } from '../domain/resume-details.ts';
import { attemptKey } from '../domain/task-address.ts';
import type { CallSink } from './agent-protocol.ts';
import { CallClock, limitsOf } from './call-clock.ts';
import type { SchedulerHome } from './scheduler-home.ts';
import { DelayLine } from './delay-line.ts';
import {
  CallProgress,
  finalReport,
  heartbeatReport,
  startedReport,
  waitingReport,
  type TaskOutcome,
} from './task-outcome.ts';
import type { TaskRunner } from './task-runner.ts';
import { TaskStream, type TaskEventOutlets } from './task-stream.ts';

/** A task that runs longer is reported as started. */
export const STARTED_AFTER_MS = 1000;
/** How far a task has come is reported this often at most. */
export const HEARTBEAT_EVERY_MS = 1000;
/** Longest that a report waits for what was streamed to be stored. */
const STORE_WAIT_MS = 1000;

/** What the desk needs. */
export interface TaskDeskOptions {
  readonly runner: Pick<TaskRunner, 'run'>;
  readonly outlets: TaskEventOutlets;
}

interface TaskInHand {
  readonly key: string;
  /** Answers to its agent's questions that it came with. */
  readonly turn: number;
  readonly progress: CallProgress;
  readonly clock: CallClock;
  /** The newest delivery, and who it came from. */
  ref: TaskRef;
  home: SchedulerHome;
  stream: TaskStream;
  /** Set when the call has ended. */
  outcome: TaskOutcome | undefined;
  /** Set while the end is reported and not acknowledged. */
  report: { readonly message: TaskReport; sentAtMs: number } | undefined;
  startedReported: boolean;
  /** Details of a heartbeat that are not reported yet. */
  resumeDetails: Uint8Array | undefined;
}

export class TaskDesk {
  readonly #options: TaskDeskOptions;
  readonly #tasks = new Map<string, TaskInHand>();
  /** Tasks that are not reported yet, by home. */
  readonly #busy = new Map<SchedulerHome, number>();
  readonly #started = new DelayLine<TaskInHand>(STARTED_AFTER_MS, (task) => this.#reportStart(task));
  readonly #heartbeats = new DelayLine<TaskInHand>(HEARTBEAT_EVERY_MS, (task) => this.#reportHeartbeat(task));
  #changed: (() => void)[] = [];

  constructor(options: TaskDeskOptions) {
    this.#options = options;
  }

  /** Tasks of this home that take up room: those whose end is not reported yet. */
  busyOf(home: SchedulerHome): number {
    return this.#busy.get(home) ?? 0;
  }

  /** Tasks that take up room, and reports that wait for their acknowledgement. */
  get counts(): { readonly running: number; readonly unacknowledged: number } {
    const running = [...this.#busy.values()].reduce((sum, count) => sum + count, 0);
    return { running, unacknowledged: this.#tasks.size - running };
  }

  /** A task arrived (K1). */
  receive(home: SchedulerHome, task: Task): void {
    const { ref } = task;
    if (ref === undefined) return;
    const key = attemptKey(ref);
    const known = this.#tasks.get(key);
    if (known === undefined) return this.#begin(key, ref, home, task);
    if ((task.answer?.turn ?? 0) > known.turn) {
      // Either the report of its question has arrived, or another executor's did while this one was at it too.
      if (known.report === undefined) this.#cancel(known, 'its question is answered');
      return this.#begin(key, ref, home, task);
    }
    if (ref.dispatch > known.ref.dispatch) return this.#adopt(known, ref, home);
    if (ref.dispatch === known.ref.dispatch) this.#moveTo(known, home);
  }

  /** The result of this delivery is not wanted any more (K3). */
  cancel(ref: TaskRef, reason: string): void {
    const task = this.#tasks.get(attemptKey(ref));
    if (task === undefined || task.report !== undefined || ref.dispatch < task.ref.dispatch) return;
    this.#cancel(task, reason);
  }

  /** Stops everything that runs; nothing of it is reported. */
  cancelAll(reason: string): void {
    for (const task of this.#tasks.values()) if (task.report === undefined) this.#cancel(task, reason);
  }

  /** K2. */
  acknowledge(ref: TaskRef): void {
    const task = this.#tasks.get(attemptKey(ref));
    if (task?.report === undefined || task.ref.dispatch !== ref.dispatch) return;
    this.#tasks.delete(task.key);
    this.#notify();
  }

  /**
   * A scheduler has taken over the run of this delivery: it is reported there from now on. False: it is not in hand.
   */
  claim(home: SchedulerHome, ref: TaskRef): boolean {
    const task = this.#tasks.get(attemptKey(ref));
    if (task === undefined || task.ref.dispatch !== ref.dispatch) return false;
    if (task.home === home) return true;
    this.#moveTo(task, home);
    if (task.report !== undefined) home.report(sent(task.report));
    else if (task.startedReported) home.report(startedReport(ref, task.progress, task.stream.streamedBytes));
    return true;
  }

  /** Whether anything in hand belongs to a scheduler that cannot be told of it. */
  hasOrphans(isReachable: (home: SchedulerHome) => boolean): boolean {
    for (const { home } of this.#tasks.values()) if (!isReachable(home)) return true;
    return false;
  }

  /** Everything in hand: what runs, and what has ended without an acknowledgement. */
  get refs(): TaskRef[] {
    return Array.from(this.#tasks.values(), ({ ref }) => ref);
  }

  /** Reports for a new stream: every end that is not acknowledged, and what has been running for a while. */
  reportsFor(home: SchedulerHome): TaskReport[] {
    const reports: TaskReport[] = [];
    for (const task of this.#tasks.values()) {
      if (task.home !== home) continue;
      if (task.report !== undefined) reports.push(sent(task.report));
      else if (task.startedReported) reports.push(startedReport(task.ref, task.progress, task.stream.streamedBytes));
    }
    return reports;
  }

  /** Ends that were reported at least `ageMs` ago and are not acknowledged; they count as reported now. */
  overdueReports(home: SchedulerHome, ageMs: number): TaskReport[] {
    const before = performance.now() - ageMs;
    return [...this.#tasks.values()].flatMap(({ home: its, report }) =>
      its === home && report !== undefined && report.sentAtMs <= before ? [sent(report)] : [],
    );
  }

  /** Resolves when nothing runs any more. */
  whenIdle(): Promise<void> {
    return this.#when(() => this.counts.running === 0);
  }

  /** Resolves when nothing runs and every report is acknowledged. */
  whenEmpty(): Promise<void> {
    return this.#when(() => this.#tasks.size === 0);
  }

  #begin(key: string, ref: TaskRef, home: SchedulerHome, message: Task): void {
    const task: TaskInHand = {
      key,
      turn: message.answer?.turn ?? 0,
      ref,
      home,
      progress: new CallProgress(
        () => this.#started.add(task),
        (waitsFor) => void (task.outcome === undefined && task.home.report(waitingReport(task.ref, waitsFor))),
      ),
      clock: new CallClock(limitsOf(message)),
      stream: new TaskStream(this.#options.outlets, message.namespace, ref),
      outcome: undefined,
      report: undefined,
      startedReported: false,
      resumeDetails: undefined,
    };
    this.#tasks.set(key, task);
    this.#count(home, 1);
    void this.#run(task, message);
  }

  async #run(task: TaskInHand, message: Task): Promise<void> {
    const sink: CallSink = {
      delta: (text) => void (task.outcome === undefined && task.stream.delta(text)),
      state: (state, detail) => void (task.outcome === undefined && task.stream.state(state, detail)),
      heartbeat: (details) => void (details !== undefined && this.#noteDetails(task, details)),
    };
    task.outcome = await this.#options.runner.run(message, task.progress, sink, task.clock);
    this.#started.remove(task);
    this.#heartbeats.remove(task);
    await this.#settle(task);
  }

  /** K5. A newer delivery may come while we wait, and then what was streamed is stored for that one too. */
  async #settle(task: TaskInHand): Promise<void> {
    for (;;) {
      const { stream, outcome } = task;
      const stored = stream.end();
      if (stored !== undefined) await atMost(stored, STORE_WAIT_MS);
      if (stream !== task.stream) continue;
      if (outcome === undefined || task.report !== undefined) return;
      if (task.clock.cancellation !== undefined || outcome.kind === 'cancelled') return this.#drop(task);
      // The next attempt has to know how far this one came.
      if (outcome.kind === 'failed') this.#reportHeartbeat(task);
      const message = finalReport(task.ref, outcome, task.progress, stream.streamedBytes);
      task.report = { message, sentAtMs: performance.now() };
      this.#count(task.home, -1);
      task.home.report(message);
      return this.#notify();
    }
  }

  /** K1. */
  #adopt(task: TaskInHand, ref: TaskRef, home: SchedulerHome): void {
    task.ref = ref;
    task.stream = task.stream.continuedAs(ref);
    this.#moveTo(task, home);
    if (task.report !== undefined) {
      task.report = undefined;
      this.#count(home, 1);
      void this.#settle(task);
    } else if (task.startedReported) {
      home.report(startedReport(ref, task.progress, task.stream.streamedBytes));
    }
  }

  #moveTo(task: TaskInHand, home: SchedulerHome): void {
    if (task.report === undefined) {
      this.#count(task.home, -1);
      this.#count(home, 1);
    }
    task.home = home;
  }

  #cancel(task: TaskInHand, reason: string): void {
    task.clock.cancel(reason);
  }

  #drop(task: TaskInHand): void {
    if (this.#tasks.get(task.key) === task) this.#tasks.delete(task.key);
    this.#count(task.home, -1);
    this.#notify();
  }

  #reportStart(task: TaskInHand): void {
    if (task.outcome !== undefined) return;
    task.startedReported = true;
    task.home.report(startedReport(task.ref, task.progress, task.stream.streamedBytes));
  }

  /** Of several heartbeats within a moment only the last one is reported. */
  #noteDetails(task: TaskInHand, details: JsonValue): void {
    const isNew = task.resumeDetails === undefined;
    task.resumeDetails = resumeDetailsText(details);
    if (isNew) this.#heartbeats.add(task);
  }

  #reportHeartbeat(task: TaskInHand): void {
    const { resumeDetails, report, ref, home } = task;
    if (resumeDetails === undefined || report !== undefined) return;
    task.resumeDetails = undefined;
    home.report(heartbeatReport(ref, resumeDetails));
  }

  #count(home: SchedulerHome, change: number): void {
    this.#busy.set(home, this.busyOf(home) + change);
    home.roomChanged();
  }

  #when(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (holds()) resolve();
        else this.#changed.push(check);
      };
      check();
    });
  }

  #notify(): void {
    const watchers = this.#changed;
    this.#changed = [];
    for (const check of watchers) check();
  }
}

function sent(report: { readonly message: TaskReport; sentAtMs: number }): TaskReport {
  report.sentAtMs = performance.now();
  return report.message;
}

async function atMost(work: Promise<void>, limitMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, limitMs);
  await Promise.race([work, limit.promise]);
  clearTimeout(timer);
}
