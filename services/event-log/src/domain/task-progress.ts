import type { TaskEvent } from '@skein/contracts/event';
import { compareAge, type DispatchRef } from './dispatch.ts';
import type { DispatchEnd } from './run-event-facts.ts';
import { offsetAfter } from './task-event-facts.ts';

/** How far a reader is in a dispatch that has not ended. */
export interface OpenDispatch extends DispatchRef {
  /** task_seq of the last event the reader has; 0: none. */
  readonly taskSeq: number;
  /** Bytes of text the reader has. */
  readonly offsetBytes: number;
}

/** What to do with a task event. */
export type Verdict =
  /** The reader has it, or its dispatch has ended or was followed by a newer one. */
  | 'drop'
  /** It is the next one. */
  | 'deliver'
  /** Others come before it. */
  | 'ahead';

interface NodeProgress {
  attempt: number;
  dispatch: number;
  ended: boolean;
  taskSeq: number;
  offsetBytes: number;
  /** Whether the reader may hold text of this dispatch. */
  mayHoldText: boolean;
}

/**
 * How far a reader is in the task events of a run. Pure: time and stores are somebody else's.
 *
 * Invariants:
 * I1. Of every node only its newest dispatch counts; whatever comes from an older one is dropped.
 * I2. Within a dispatch, events are delivered in the order of task_seq, each at most once.
 * I3. An ended dispatch stays ended.
 * I4. A reader that may hold text of an older dispatch is told to forget it before the newer one's first event.
 */
export class TaskProgress {
  readonly #nodes = new Map<string, NodeProgress>();

  /** Goes on where a reader stopped. Call after `learnEnd` was told all that had ended by then. */
  restore(open: readonly OpenDispatch[]): void {
    for (const { nodeId, attempt, dispatch, taskSeq, offsetBytes } of open) {
      const mayHoldText = offsetBytes > 0;
      this.#nodes.set(nodeId, { attempt, dispatch, ended: false, taskSeq, offsetBytes, mayHoldText });
    }
  }

  /** Whether this dispatch is newer than what is known of its node. */
  isNewer(ref: DispatchRef): boolean {
    const node = this.#nodes.get(ref.nodeId);
    return node === undefined || compareAge(ref, node) > 0;
  }

  /** Whether nothing more of this dispatch will be delivered. */
  isOver(ref: DispatchRef): boolean {
    const node = this.#nodes.get(ref.nodeId);
    if (node === undefined) return false;
    const age = compareAge(ref, node);
    return age < 0 || (age === 0 && node.ended);
  }

  /** Turns to a newer dispatch. True: the reader must first forget what it was given of the older one (I4). */
  begin(ref: DispatchRef): boolean {
    const older = this.#nodes.get(ref.nodeId);
    const { attempt, dispatch } = ref;
    this.#nodes.set(ref.nodeId, { attempt, dispatch, ended: false, taskSeq: 0, offsetBytes: 0, mayHoldText: false });
    return older?.mayHoldText ?? false;
  }

  /** What to do with an event of a dispatch that is not newer than what is known. */
  judge(event: TaskEvent): Verdict {
    if (this.isOver(event)) return 'drop';
    const taskSeq = Number(event.taskSeq);
    const reached = this.taskSeqOf(event);
    if (taskSeq <= reached) return 'drop';
    return taskSeq === reached + 1 ? 'deliver' : 'ahead';
  }

  /** The reader was given this event. */
  advance(event: TaskEvent): void {
    const node = this.#nodes.get(event.nodeId);
    if (node === undefined || compareAge(event, node) !== 0) return;
    node.taskSeq = Number(event.taskSeq);
    const offset = offsetAfter(event);
    if (offset === undefined) return;
    node.offsetBytes = offset;
    node.mayHoldText ||= offset > 0;
  }

  /** The current dispatch of its node has ended; what the reader was given of it is known. */
  end(ref: DispatchRef): void {
    const node = this.#current(ref);
    if (node !== undefined) node.ended = true;
  }

  /** A dispatch had ended before this reader came: what it holds of that one can only be guessed, and is. */
  learnEnd({ ref, streamedBytes = 1 }: DispatchEnd): void {
    if (!this.isNewer(ref)) return;
    const { attempt, dispatch } = ref;
    const ended = { attempt, dispatch, ended: true, taskSeq: 0, offsetBytes: 0 };
    this.#nodes.set(ref.nodeId, { ...ended, mayHoldText: streamedBytes > 0 });
  }

  /** The run has ended, and with it every dispatch. */
  endAll(): void {
    for (const node of this.#nodes.values()) node.ended = true;
  }

  /** task_seq of the last event of this dispatch that the reader has. */
  taskSeqOf(ref: DispatchRef): number {
    return this.#current(ref)?.taskSeq ?? 0;
  }

  /** Bytes of text of this dispatch that the reader has. */
  offsetOf(ref: DispatchRef): number {
    return this.#current(ref)?.offsetBytes ?? 0;
  }

  /** Where the reader is in every dispatch that has begun to stream and has not ended. */
  open(): OpenDispatch[] {
    const open: OpenDispatch[] = [];
    for (const [nodeId, { attempt, dispatch, ended, taskSeq, offsetBytes }] of this.#nodes) {
      if (!ended) open.push({ nodeId, attempt, dispatch, taskSeq, offsetBytes });
    }
    return open;
  }

  #current(ref: DispatchRef): NodeProgress | undefined {
    const node = this.#nodes.get(ref.nodeId);
    return node !== undefined && compareAge(ref, node) === 0 ? node : undefined;
  }
}
