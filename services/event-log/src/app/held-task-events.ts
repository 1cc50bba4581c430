import type { TaskEvent } from '@skein/contracts/event';
import { isSameDispatch, type DispatchRef } from '../domain/dispatch.ts';
import type { Clock } from './clock.ts';

/** How long is waited for what comes before. */
const GIVE_UP_MS = 3_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 500;
/** Most events held of one dispatch; those beyond are in the store by the time they are wanted. */
const MAX_HELD = 500;

interface Held {
  readonly ref: DispatchRef;
  readonly events: Map<number, TaskEvent>;
  readonly giveUpAtMs: number;
  pauseMs: number;
  retryAtMs: number;
}

/**
 * Task events that came before others of their dispatch, by node: only a node's newest dispatch counts.
 *
 * Owns them and the times at which to look for what is missing. Invariants: I1. At most MAX_HELD of a dispatch.
 * I2. A dispatch of which nothing is held has no time to look.
 */
export class HeldTaskEvents {
  readonly #clock: Clock;
  readonly #nodes = new Map<string, Held>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Earliest time at which some dispatch is due; infinite where nothing is held. */
  get nextRetryMs(): number {
    let next = Infinity;
    for (const { retryAtMs } of this.#nodes.values()) next = Math.min(next, retryAtMs);
    return next;
  }

  hold(event: TaskEvent): void {
    let held = this.#nodes.get(event.nodeId);
    if (held === undefined || !isSameDispatch(held.ref, event)) {
      const { nodeId, attempt, dispatch } = event;
      const nowMs = this.#clock.nowMs();
      const times = { giveUpAtMs: nowMs + GIVE_UP_MS, pauseMs: FIRST_RETRY_MS, retryAtMs: nowMs };
      held = { ref: { nodeId, attempt, dispatch }, events: new Map(), ...times };
      this.#nodes.set(nodeId, held);
    }
    if (held.events.size < MAX_HELD) held.events.set(Number(event.taskSeq), event);
  }

  /** The dispatches that it is time to look for. */
  due(): DispatchRef[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#nodes.values()].filter((held) => held.retryAtMs <= nowMs).map((held) => held.ref);
  }

  refs(): DispatchRef[] {
    return [...this.#nodes.values()].map((held) => held.ref);
  }

  /** Sets the next time to look; `expired` where it is time to go on without. */
  postpone(ref: DispatchRef): 'waiting' | 'expired' | 'nothing_held' {
    const held = this.#find(ref);
    if (held === undefined) return 'nothing_held';
    const nowMs = this.#clock.nowMs();
    if (nowMs >= held.giveUpAtMs) return 'expired';
    held.retryAtMs = Math.min(nowMs + held.pauseMs, held.giveUpAtMs);
    held.pauseMs = Math.min(held.pauseMs * 2, LONGEST_RETRY_MS);
    return 'waiting';
  }

  /** Takes the event with this number. */
  take(ref: DispatchRef, taskSeq: number): TaskEvent | undefined {
    const held = this.#find(ref);
    const event = held?.events.get(taskSeq);
    held?.events.delete(taskSeq);
    if (held?.events.size === 0) this.#nodes.delete(ref.nodeId);
    return event;
  }

  /** Takes the event with the lowest number. */
  takeFirst(ref: DispatchRef): TaskEvent | undefined {
    const numbers = this.#find(ref)?.events.keys();
    return numbers === undefined ? undefined : this.take(ref, Math.min(...numbers));
  }

  drop(ref: DispatchRef): void {
    if (this.#find(ref) !== undefined) this.#nodes.delete(ref.nodeId);
  }

  dropNode(nodeId: string): void {
    this.#nodes.delete(nodeId);
  }

  #find(ref: DispatchRef): Held | undefined {
    const held = this.#nodes.get(ref.nodeId);
    return held !== undefined && isSameDispatch(held.ref, ref) ? held : undefined;
  }
}
