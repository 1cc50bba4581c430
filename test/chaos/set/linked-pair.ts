import type { Socket } from 'node:net';
import type { LinkState } from './link.ts';
import { OneWay } from './one-way.ts';
import { reset } from './reset.ts';

/** The two connections that make one through a link: what one end says the other hears, as far as the link lets it. */
export class LinkedPair {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #onGone: () => void;
  readonly #there: OneWay;
  readonly #back: OneWay;
  #silent = false;
  #gone = false;

  constructor(near: Socket, far: Socket, onGone: () => void) {
    this.#near = near;
    this.#far = far;
    this.#onGone = onGone;
    this.#there = new OneWay(near, far);
    this.#back = new OneWay(far, near);
    for (const socket of [near, far]) {
      socket.on('error', () => undefined);
      socket.once('close', () => this.#ended());
    }
  }

  /** Behaves as the link does now. */
  become(state: LinkState): void {
    if (this.#gone) return;
    if (state.kind === 'broken') return this.destroy();
    this.#silent = state.kind === 'silent' || state.kind === 'deaf';
    const delayMs = state.kind === 'slow' ? state.delayMs : 0;
    this.#there.become({ flows: state.kind !== 'silent', delayMs });
    this.#back.become({ flows: !this.#silent, delayMs });
    if (!this.#silent) this.#ended();
  }

  /** Resets both ends. */
  destroy(): void {
    if (this.#gone) return;
    this.#gone = true;
    reset(this.#near);
    reset(this.#far);
    this.#onGone();
  }

  /** An end that is gone takes the other with it, unless nobody can be told now; then when somebody can. */
  #ended(): void {
    if (this.#gone || this.#silent) return;
    const [near, far] = [this.#near.destroyed, this.#far.destroyed];
    if (!near && !far) return;
    if (near && far) {
      this.#gone = true;
      return this.#onGone();
    }
    const failed = this.#near.errored ?? this.#far.errored;
    if (failed) return this.destroy();
    // A clean end: what is still on its way to the other end arrives first.
    (near ? this.#there : this.#back).finish();
  }
}
