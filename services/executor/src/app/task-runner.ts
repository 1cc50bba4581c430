/** Runs one task from the call to its outcome, within its time limits. Never throws. */
import type { JsonValue } from '@bufbuild/protobuf';
import type { Task } from '@skein/contracts/scheduler';
import { CallError, failureOf, passing } from '../domain/call-failure.ts';
import type { InputRequired } from './agent-question.ts';
import type { CallSink } from './agent-protocol.ts';
import type { AgentTasks } from './agent-task.ts';
import type { CallClock } from './call-clock.ts';
import type { CallContext } from './call-context.ts';
import { llmTask } from './llm-task.ts';
import type { ModelPort } from './model-port.ts';
import type { RpcTasks } from './rpc-task.ts';
import type { TaskObserver } from './task-observer.ts';
import type { CallProgress, TaskOutcome } from './task-outcome.ts';
import type { ToolTasks } from './tool-task.ts';

/** What running tasks takes. */
export interface TaskRunnerOptions {
  readonly agents: AgentTasks;
  readonly models: ModelPort;
  readonly rpc: RpcTasks;
  readonly tools: ToolTasks;
  readonly observer: TaskObserver;
}

export class TaskRunner {
  readonly #options: TaskRunnerOptions;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  /** Resolves soon after the call has to end by its clock, which is stopped then. */
  run(task: Task, progress: CallProgress, sink: CallSink, clock: CallClock): Promise<TaskOutcome> {
    const { agents, observer } = this.#options;
    const { call } = task;
    const observation = observer.taskBegan(task, () => call.case === 'agent' && agents.isLocal(task, call.value));
    const { traceparent } = observation;
    const context: CallContext = { task, clock, sink: new HeardSink(sink, clock), progress, traceparent };
    return observation.within(async () => {
      const outcome = await this.#outcome(context);
      clock[Symbol.dispose]();
      progress.end();
      observation.ended(outcome, progress);
      return outcome;
    });
  }

  async #outcome(context: CallContext): Promise<TaskOutcome> {
    const { clock } = context;
    try {
      const ending = await clock.race(this.#call(context));
      return ending instanceof Uint8Array
        ? { kind: 'succeeded', outputText: ending }
        : { kind: 'asked', question: ending };
    } catch (error) {
      if (clock.cancellation !== undefined) return { kind: 'cancelled', reason: clock.cancellation };
      // What an adapter makes of the abort matters less than why it was aborted.
      const cause: unknown = clock.end === undefined ? error : clock.end.reason;
      if (!(cause instanceof CallError)) this.#options.observer.defect('a task failed unexpectedly', cause);
      return { kind: 'failed', failure: failureOf(cause) };
    }
  }

  #call(context: CallContext): Promise<Uint8Array | InputRequired> {
    const { call } = context.task;
    switch (call.case) {
      case 'agent':
        return this.#options.agents.call(call.value, context);
      case 'rpc':
        return this.#options.rpc.call(call.value, context);
      case 'tool':
        return this.#options.tools.call(call.value, context);
      case 'llm':
        return llmTask(this.#options.models, call.value, context);
      case undefined:
        throw passing('INTERNAL', {
          message: 'this executor does not know this kind of task',
          place: 'executor',
          remedy: 'upgrade the executors to the version of the scheduler',
        });
    }
  }
}

/** Every sign of life holds off the heartbeat timeout; none goes through once the call has ended. */
class HeardSink implements CallSink {
  readonly #sink: CallSink;
  readonly #clock: CallClock;

  constructor(sink: CallSink, clock: CallClock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  delta(text: string): void {
    if (this.#isHeard()) this.#sink.delta(text);
  }

  state(state: string, detail: string): void {
    if (this.#isHeard()) this.#sink.state(state, detail);
  }

  heartbeat(resumeDetails?: JsonValue): void {
    if (this.#isHeard()) this.#sink.heartbeat(resumeDetails);
  }

  #isHeard(): boolean {
    if (this.#clock.end !== undefined) return false;
    this.#clock.beat();
    return true;
  }
}
