/** What an A2A agent of a test says, event by event. */
import { Artifact, Message, Task, TaskState, TaskStatusUpdateEvent, type Part } from '@a2a-js/sdk';
import { AgentEvent, type ExecutionEventBus, type RequestContext } from '@a2a-js/sdk/server';

export class A2aReply {
  readonly #context: RequestContext;
  readonly #bus: ExecutionEventBus;
  #messages = 0;

  constructor(context: RequestContext, bus: ExecutionEventBus) {
    this.#context = context;
    this.#bus = bus;
  }

  /** The task begins, or goes on. */
  begin(state = TaskState.TASK_STATE_SUBMITTED): this {
    const { taskId: id, contextId, userMessage } = this.#context;
    const status = { state, message: undefined, timestamp: new Date().toISOString() };
    this.#bus.publish(AgentEvent.task({ ...Task.fromJSON({ id, contextId }), history: [userMessage], status }));
    return this;
  }

  status(state: TaskState, parts: readonly Part[] = [], metadata?: Record<string, unknown>): this {
    const { taskId, contextId } = this.#context;
    const message = parts.length === 0 ? undefined : this.#message(parts);
    const status = { state, message, timestamp: new Date().toISOString() };
    this.#bus.publish(
      AgentEvent.statusUpdate({ ...TaskStatusUpdateEvent.fromJSON({ taskId, contextId }), status, metadata }),
    );
    return this;
  }

  artifact(artifactId: string, parts: readonly Part[], append = false): this {
    const { taskId, contextId } = this.#context;
    const artifact = { ...Artifact.fromJSON({ artifactId, name: artifactId }), parts: [...parts] };
    this.#bus.publish(
      AgentEvent.artifactUpdate({ taskId, contextId, artifact, append, lastChunk: false, metadata: undefined }),
    );
    return this;
  }

  /** Answers without a task. */
  message(parts: readonly Part[]): void {
    this.#bus.publish(AgentEvent.message({ ...this.#message(parts), taskId: '' }));
  }

  working(text: string): this {
    return this.status(TaskState.TASK_STATE_WORKING, [text_(text)]);
  }

  done(parts: readonly Part[] = []): void {
    this.status(TaskState.TASK_STATE_COMPLETED, parts);
  }

  #message(parts: readonly Part[]): Message {
    const { taskId, contextId } = this.#context;
    this.#messages += 1;
    const messageId = `${taskId}-${this.#messages}`;
    return { ...Message.fromJSON({ messageId, contextId, taskId, role: 'ROLE_AGENT' }), parts: [...parts] };
  }
}

const part = (content: NonNullable<Part['content']>): Part => ({
  content,
  metadata: undefined,
  filename: '',
  mediaType: '',
});
const text_ = (value: string): Part => part({ $case: 'text', value });

/** A text part. */
export const textPart = text_;
/** A data part. */
export const dataPart = (value: unknown): Part => part({ $case: 'data', value });
/** A part that refers to a file. */
export const urlPart = (value: string, mediaType: string): Part => ({ ...part({ $case: 'url', value }), mediaType });
