/** Wakes whoever waits for news of deployments. A notice is a hint: what is there is read again. */
export class DeploymentNews {
  readonly #waiting = new Set<() => void>();

  tell(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Calls `wake` with each news, until disposed. */
  listen(wake: () => void): Disposable {
    this.#waiting.add(wake);
    return { [Symbol.dispose]: () => void this.#waiting.delete(wake) };
  }
}
