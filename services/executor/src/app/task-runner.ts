/** Runs one task from the call to its outcome, within its time limits. Never throws. */
import { durationMs } from '@bufbuild/protobuf/wkt';
import type { Task } from '@skein/contracts/scheduler';
import { CallError, failureOf, passing } from '../domain/call-failure.ts';
import type { InputRequired } from './agent-question.ts';
import type { CallSink } from './agent-protocol.ts';
import type { AgentTasks } from './agent-task.ts';
import { CallClock } from './call-clock.ts';
import type { CallContext } from './call-context.ts';
import { llmTask } from './llm-task.ts';
import type { ModelPort } from './model-port.ts';
import type { RpcTasks } from './rpc-task.ts';
import type { TaskObserver } from './task-observer.ts';
import type { CallProgress, TaskOutcome } from './task-outcome.ts';
import type { ToolTasks } from './tool-task.ts';

/** Time for a task that comes without a limit. */
const DEFAULT_TIMEOUT_MS = 300_000;

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

  /** Resolves soon after `cancellation` aborts; its reason becomes the outcome's. */
  async run(task: Task, progress: CallProgress, sink: CallSink, cancellation: AbortSignal): Promise<TaskOutcome> {
    const { agents, observer } = this.#options;
    const { call } = task;
    using clock = new CallClock({
      timeoutMs: task.startToCloseTimeout === undefined ? DEFAULT_TIMEOUT_MS : durationMs(task.startToCloseTimeout),
      heartbeatMs: task.heartbeatTimeout === undefined ? undefined : durationMs(task.heartbeatTimeout),
      place: `nodes.${task.ref?.nodeId ?? ''}`,
      cancellation,
    });
    const observation = observer.taskBegan(task, call.case === 'agent' && agents.isLocal(task, call.value));
    const { traceparent } = observation;
    const context: CallContext = { task, clock, sink: heard(sink, clock), progress, traceparent };
    return await observation.within(async () => {
      const outcome = await this.#outcome(context, cancellation);
      progress.end();
      observation.ended(outcome, progress);
      return outcome;
    });
  }

  async #outcome(context: CallContext, cancellation: AbortSignal): Promise<TaskOutcome> {
    const { clock } = context;
    try {
      const ending = await clock.race(this.#call(context));
      return ending instanceof Uint8Array
        ? { kind: 'succeeded', outputText: ending }
        : { kind: 'asked', question: ending };
    } catch (error) {
      if (cancellation.aborted) return { kind: 'cancelled', reason: String(cancellation.reason) };
      // What an adapter makes of the abort matters less than why it was aborted.
      const cause: unknown = clock.signal.aborted ? clock.signal.reason : error;
      if (!(cause instanceof CallError)) this.#options.observer.defect('a task failed unexpectedly', cause);
      return { kind: 'failed', failure: failureOf(cause) };
    }
  }

  async #call(context: CallContext): Promise<Uint8Array | InputRequired> {
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
function heard(sink: CallSink, clock: CallClock): CallSink {
  return {
    delta(text) {
      if (clock.signal.aborted) return;
      clock.beat();
      sink.delta(text);
    },
    state(state, detail) {
      if (clock.signal.aborted) return;
      clock.beat();
      sink.state(state, detail);
    },
    heartbeat(resumeDetails) {
      if (clock.signal.aborted) return;
      clock.beat();
      sink.heartbeat(resumeDetails);
    },
  };
}
