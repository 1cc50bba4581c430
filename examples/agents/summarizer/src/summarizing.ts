/** The work as A2A knows it: a task that streams its summary as an artifact, and asks where it was given no text. */
import { Artifact, Message, Task, TaskState, type Part } from '@a2a-js/sdk';
import { AgentEvent, type AgentExecutor, type ExecutionEventBus, type RequestContext } from '@a2a-js/sdk/server';
import { summaryOf } from './summary.ts';

export function summarizing(): AgentExecutor {
  return {
    async execute(context, bus) {
      const say = speaker(context, bus);
      say.begin();
      const sentences = summaryOf(textIn(context.userMessage));
      if (sentences.length === 0) return say.status(TaskState.TASK_STATE_INPUT_REQUIRED, 'Which text shall I shorten?');
      say.status(TaskState.TASK_STATE_WORKING, 'reading');
      for (const [at, sentence] of sentences.entries()) say.summary(at === 0 ? sentence : ` ${sentence}`, at > 0);
      say.status(TaskState.TASK_STATE_COMPLETED);
    },
    // A task is over before anybody could cancel it.
    cancelTask: async () => {},
  };
}

/** The texts of the message; data parts repeat what is in them. */
function textIn({ parts }: Message): string {
  return parts.flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : [])).join('\n');
}

function speaker({ taskId, contextId, userMessage, task }: RequestContext, bus: ExecutionEventBus) {
  const timestamp = (): string => new Date().toISOString();
  const part = (text: string): Part => ({
    content: { $case: 'text', value: text },
    metadata: undefined,
    filename: '',
    mediaType: 'text/plain',
  });
  return {
    begin() {
      const status = { state: TaskState.TASK_STATE_SUBMITTED, message: undefined, timestamp: timestamp() };
      const begun = task ?? { ...Task.fromJSON({ id: taskId, contextId }), history: [userMessage] };
      bus.publish(AgentEvent.task({ ...begun, status }));
    },
    status(state: TaskState, text = '') {
      const about = Message.fromJSON({ messageId: crypto.randomUUID(), role: 'ROLE_AGENT', taskId, contextId });
      const message = text === '' ? undefined : { ...about, parts: [part(text)] };
      const status = { state, message, timestamp: timestamp() };
      bus.publish(AgentEvent.statusUpdate({ taskId, contextId, status, metadata: undefined }));
    },
    summary(text: string, append: boolean) {
      const artifact = { ...Artifact.fromJSON({ artifactId: 'summary', name: 'Summary' }), parts: [part(text)] };
      bus.publish(
        AgentEvent.artifactUpdate({ taskId, contextId, artifact, append, lastChunk: false, metadata: undefined }),
      );
    },
  };
}
