/** Lets at most `limit` works run; the others wait in their order, and leave when their signals fire. */
export class WorkGate {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @param work never rejects. */
  run(signal: AbortSignal, work: () => Promise<void>): void {
    const begin = (): void => void this.#work(work);
    if (this.#running < this.#limit) return begin();
    this.#waiting.add(begin);
    signal.addEventListener('abort', () => this.#waiting.delete(begin), { once: true });
  }

  async #work(work: () => Promise<void>): Promise<void> {
    this.#running += 1;
    await work();
    this.#running -= 1;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    next();
  }
}
