/**
 * What this executor itself knows about instances: the calls under way, and which could not be reached just now.
 *
 * L1. A call counts from `occupy` until what that returned is disposed, once.
 */
import type { InstanceView } from '../domain/instance-choice.ts';

/** Time for which an instance that could not be reached comes after all others. */
const SHUN_MS = 5000;

export class InstanceLoad implements InstanceView {
  readonly #inFlight = new Map<string, number>();
  readonly #shunnedUntilMs = new Map<string, number>();

  inFlight(instanceId: string): number {
    return this.#inFlight.get(instanceId) ?? 0;
  }

  isShunned(instanceId: string): boolean {
    const untilMs = this.#shunnedUntilMs.get(instanceId);
    if (untilMs === undefined) return false;
    if (performance.now() < untilMs) return true;
    this.#shunnedUntilMs.delete(instanceId);
    return false;
  }

  /** The instance could not be reached. */
  shun(instanceId: string): void {
    const nowMs = performance.now();
    for (const [id, untilMs] of this.#shunnedUntilMs) if (untilMs <= nowMs) this.#shunnedUntilMs.delete(id);
    this.#shunnedUntilMs.set(instanceId, nowMs + SHUN_MS);
  }

  /** L1. */
  occupy(instanceId: string): Disposable {
    this.#inFlight.set(instanceId, this.inFlight(instanceId) + 1);
    let released = false;
    return {
      [Symbol.dispose]: () => {
        if (released) return;
        released = true;
        const left = this.inFlight(instanceId) - 1;
        if (left > 0) this.#inFlight.set(instanceId, left);
        else this.#inFlight.delete(instanceId);
      },
    };
  }
}
