/**
 * What is known of one call of an A2A agent, from whatever the agent says of it: events of a stream, snapshots of a
 * poll, or a bare message.
 *
 * Owns the task's reference, state and artifacts. Does not own how they are asked for.
 *
 * T1. `ending` appears once, with the first message or settled state, and does not change.
 * T2. Where a call answers a question, a stream that begins with a task still in question is not about the answer yet; a
 *     snapshot that was asked for is.
 * T3. Where the transport loses whether an artifact is added to or replaced, a repeated one is taken for an addition, and
 *     what a completed task answers is taken from a snapshot alone.
 */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { Role, TaskState, type Message, type Part, type StreamResponse, type Task, type TaskStatus } from '@a2a-js/sdk';
import type { CallSink } from '../../app/agent-protocol.ts';
import { isJsonObject, textMember } from '../../domain/json-object.ts';
import { violation } from './a2a-failure.ts';
import { outputOf, textOf } from './a2a-output.ts';
import { ArtifactShelf } from './artifact-shelf.ts';
import type { TaskReference } from './task-reference.ts';
import { isInterrupted, isSettled, stateWord } from './task-states.ts';

/** How a task ended, in the agent's words. */
export type TaskEnding =
  | { readonly kind: 'answered'; readonly output: JsonValue; readonly metadata: JsonObject }
  | {
      readonly kind: 'stopped';
      readonly state: TaskState;
      readonly parts: readonly Part[];
      readonly metadata: JsonObject;
    };

/** Ids go into heartbeats and failures; those of sane agents are UUIDs. */
const MAX_ID_LENGTH = 1024;

/** What a call is like. */
export interface TaskProgressOptions {
  /** For messages: the agent and its address. */
  readonly place: string;
  /** T2. */
  readonly isAnswer: boolean;
  /** T3. */
  readonly losesAppend: boolean;
}

export class TaskProgress {
  readonly #sink: CallSink;
  readonly #shelf: ArtifactShelf;
  readonly #place: string;
  readonly #isAnswer: boolean;
  readonly #losesAppend: boolean;
  #task: TaskReference | undefined;
  #status: TaskStatus | undefined;
  #history: readonly Message[] = [];
  #metadata: JsonObject = {};
  #ending: TaskEnding | undefined;
  #isDoubtful = false;

  constructor(sink: CallSink, { place, isAnswer, losesAppend }: TaskProgressOptions) {
    this.#sink = sink;
    this.#place = place;
    this.#shelf = new ArtifactShelf((text) => sink.delta(text), place);
    this.#isAnswer = isAnswer;
    this.#losesAppend = losesAppend;
  }

  /** The task that works on the call; undefined: the agent has not named one. */
  get task(): TaskReference | undefined {
    return this.#task;
  }

  /** T1. */
  get ending(): TaskEnding | undefined {
    return this.#ending;
  }

  /** T3: only a snapshot can end the call. */
  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  /** The task is known before the agent has named it again. */
  adopt(task: TaskReference): void {
    this.#task = task;
  }

  /** Takes an event of a stream. */
  takeEvent({ payload }: StreamResponse): void {
    switch (payload?.$case) {
      case 'task':
        return this.#takeTask(payload.value, this.#isAnswer);
      case 'message':
        return this.takeMessage(payload.value);
      case 'statusUpdate': {
        const { taskId, contextId, status, metadata } = payload.value;
        this.#know(taskId, contextId);
        return this.#takeStatus(status, objectOf(metadata), false);
      }
      case 'artifactUpdate': {
        const { taskId, contextId, artifact, append } = payload.value;
        this.#know(taskId, contextId);
        if (artifact === undefined) return;
        const isGuess = this.#losesAppend && this.#shelf.has(artifact);
        this.#isDoubtful ||= isGuess;
        return append || isGuess ? this.#shelf.append(artifact) : this.#shelf.replace(artifact);
      }
      case undefined:
    }
  }

  /** Takes the task as it is now. */
  takeTask(task: Task): void {
    this.#isDoubtful = false;
    this.#takeTask(task, false);
  }

  /** Takes the answer of an agent that needs no task. */
  takeMessage({ parts, metadata }: Message): void {
    const text = textOf(parts);
    if (text !== '') this.#sink.delta(text);
    this.#end({ kind: 'answered', output: outputOf([parts]), metadata: objectOf(metadata) });
  }

  #takeTask({ id, contextId, status, artifacts, history, metadata }: Task, mayBeOld: boolean): void {
    this.#know(id, contextId);
    this.#metadata = objectOf(metadata);
    this.#history = history;
    for (const artifact of artifacts) this.#shelf.replace(artifact);
    this.#takeStatus(status, {}, mayBeOld);
  }

  #know(taskId: string, contextId: string): void {
    if (taskId === '' || this.#task !== undefined) return;
    if (taskId.length > MAX_ID_LENGTH || contextId.length > MAX_ID_LENGTH) {
      throw violation(`the id of the agent's task is longer than ${MAX_ID_LENGTH} characters`, this.#place);
    }
    this.#task = { taskId, contextId };
  }

  #takeStatus(status: TaskStatus | undefined, metadata: JsonObject, mayBeOld: boolean): void {
    if (status === undefined || this.#ending !== undefined) return;
    const { state, message } = status;
    const isNews = state !== this.#status?.state || message?.messageId !== this.#status.message?.messageId;
    this.#status = status;
    // T2, T3.
    if ((mayBeOld && isInterrupted(state)) || (this.#isDoubtful && isSettled(state))) return;
    if (isSettled(state)) return this.#settle(state, message, metadata);
    const detail = message === undefined ? '' : textOf(message.parts);
    if (isNews || detail !== '') this.#sink.state(textMember(metadata, 'event_type') ?? stateWord(state), detail);
    else this.#sink.heartbeat();
  }

  #settle(state: TaskState, message: Message | undefined, ofUpdate: JsonObject): void {
    const metadata = { ...this.#metadata, ...objectOf(message?.metadata), ...ofUpdate };
    if (state === TaskState.TASK_STATE_COMPLETED) {
      this.#end({ kind: 'answered', output: outputOf(this.#answerGroups(message)), metadata });
    } else {
      this.#end({ kind: 'stopped', state, parts: message?.parts ?? [], metadata });
    }
  }

  /** What a completed task answers: its artifacts, else its last status's message, else the last thing the agent said. */
  #answerGroups(message: Message | undefined): Part[][] {
    const { groups } = this.#shelf;
    if (groups.length > 0) return groups;
    if (message !== undefined) return [message.parts];
    const said = this.#history.findLast(({ role }) => role === Role.ROLE_AGENT);
    return said === undefined ? [] : [said.parts];
  }

  #end(ending: TaskEnding): void {
    this.#ending ??= ending;
  }
}

const objectOf = (value: unknown): JsonObject => (isJsonObject(value as JsonValue) ? (value as JsonObject) : {});
