/**
 * What one delivery of a task says while it runs: numbers its events, counts its bytes, hands them on.
 *
 * Owns the numbering and the text streamed so far. Does not own where events go.
 *
 * N1. task_seq is 1, 2, 3, … of each delivery; a delta's offset is the number of UTF-8 bytes before it.
 * N2. A newer delivery of the same work starts with the whole text so far, under its own numbers.
 * N3. Only whole characters go out: half of one waits for its other half.
 * N4. Deltas of one turn of the event loop go out as one, at its end or before anything else that is said.
 */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { TaskEventSchema } from '@skein/contracts/event';
import type { TaskRef } from '@skein/contracts/scheduler';
import { lasting } from '../domain/call-failure.ts';
import { endsInHalfCharacter, textPieces } from '../domain/text-pieces.ts';
import type { CallSink } from './agent-protocol.ts';
import type { EventSpool, SpooledDelivery } from './event-spool.ts';
import type { LiveEvents } from './task-events.ts';

/** Most UTF-8 bytes that one call may stream. */
export const MAX_STREAMED_BYTES = 4 * 1024 * 1024;

/** Most characters of a progress report, as the contract has them; more is cut off. */
const MAX_STATE_CHARS = 64;
const MAX_DETAIL_CHARS = 1024;
const MAX_CHARACTER_BYTES = 4;

type TaskEventCase = NonNullable<MessageInitShape<typeof TaskEventSchema>['event']>;

/** Where events go. */
export interface TaskEventOutlets {
  readonly live: LiveEvents;
  readonly spool: EventSpool;
  readonly nowMs: () => number;
}

export class TaskStream implements Pick<CallSink, 'delta' | 'state'> {
  readonly #outlets: TaskEventOutlets;
  readonly #namespace: string;
  readonly #ref: TaskRef;
  readonly #texts: string[] = [];
  #spooled: SpooledDelivery | undefined;
  #seq = 0;
  #streamedBytes = 0;
  #halfCharacter = '';
  /** Text of this turn, counted in streamedBytes already. */
  #pending: string[] = [];
  #pendingBytes = 0;

  constructor(outlets: TaskEventOutlets, namespace: string, ref: TaskRef) {
    this.#outlets = outlets;
    this.#namespace = namespace;
    this.#ref = ref;
  }

  /** The offset after the last delta. */
  get streamedBytes(): number {
    return this.#streamedBytes;
  }

  delta(text: string): void {
    if (text === '') return;
    let whole = this.#halfCharacter + text;
    this.#halfCharacter = '';
    if (endsInHalfCharacter(whole)) {
      this.#halfCharacter = whole.slice(-1);
      whole = whole.slice(0, -1);
    }
    this.#say(whole);
  }

  state(state: string, detail: string): void {
    this.#flush();
    const value = { state: state.slice(0, MAX_STATE_CHARS), detail: detail.slice(0, MAX_DETAIL_CHARS) };
    this.#emit({ case: 'agentState', value }, value.state.length + value.detail.length);
  }

  /** No more deltas come. Resolves when those that came are stored or dropped; undefined: there was nothing to store. */
  end(): Promise<void> | undefined {
    // A half that never got its other one is sent as what it is: a character that nobody can read.
    if (this.#streamedBytes + MAX_CHARACTER_BYTES <= MAX_STREAMED_BYTES) this.#say(this.#halfCharacter);
    this.#halfCharacter = '';
    this.#flush();
    // Progress alone is stored too, but nobody's result waits for that.
    return this.#streamedBytes === 0 ? undefined : this.#spooled?.flush();
  }

  /** N2. This one must not be used any more. */
  continuedAs(ref: TaskRef): TaskStream {
    this.#flush();
    const next = new TaskStream(this.#outlets, this.#namespace, ref);
    next.#say(this.#texts.join(''));
    next.#flush();
    next.#halfCharacter = this.#halfCharacter;
    return next;
  }

  /** N4. */
  #say(text: string): void {
    if (text === '') return;
    const wellFormed = text.toWellFormed();
    const sizeBytes = Buffer.byteLength(wellFormed);
    if (this.#streamedBytes + sizeBytes > MAX_STREAMED_BYTES) throw this.#tooMuch();
    this.#streamedBytes += sizeBytes;
    this.#texts.push(wellFormed);
    this.#pending.push(wellFormed);
    this.#pendingBytes += sizeBytes;
    if (this.#pending.length === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const text = this.#pending.join('');
    let offsetBytes = this.#streamedBytes - this.#pendingBytes;
    const pieces = textPieces(text, this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    for (const piece of pieces) {
      const sizeBytes = Buffer.byteLength(piece);
      const value = { text: piece, offsetBytes: BigInt(offsetBytes) };
      this.#emit({ case: 'agentStreamDelta', value }, sizeBytes);
      offsetBytes += sizeBytes;
    }
  }

  #emit(event: TaskEventCase, sizeBytes: number): void {
    this.#seq += 1;
    const { runId, nodeId, attempt, dispatch } = this.#ref;
    const message = create(TaskEventSchema, {
      namespace: this.#namespace,
      runId,
      nodeId,
      attempt,
      dispatch,
      taskSeq: BigInt(this.#seq),
      occurredAt: timestampFromMs(this.#outlets.nowMs()),
      event,
    });
    this.#outlets.live.publish(message);
    this.#spooled ??= this.#outlets.spool.open();
    this.#spooled.add(message, sizeBytes);
  }

  #tooMuch() {
    return lasting('PAYLOAD_TOO_LARGE', {
      message: `the agent streamed more than ${MAX_STREAMED_BYTES} bytes in one call`,
      place: `nodes.${this.#ref.nodeId}`,
      remedy: 'stream less, and answer with a reference to what is large',
    });
  }
}
