/**
 * The invocations under way, so that Cancel finds them.
 *
 * Owns one abort controller per running task, from begin to dispose. Does not
 * remember tasks that ended: cancelling one of those does nothing.
 */
export class RunningTasks {
  readonly #controllers = new Map<string, AbortController>();

  /** Registers a task. The signal aborts when the task is cancelled or its call ends. */
  begin(taskId: string, call: AbortSignal): Disposable & { readonly signal: AbortSignal } {
    const controller = new AbortController();
    this.#controllers.set(taskId, controller);
    return {
      signal: AbortSignal.any([controller.signal, call]),
      [Symbol.dispose]: () => {
        // A task id is unique per dispatch, but a careless caller must not unregister another call's task.
        if (this.#controllers.get(taskId) === controller) this.#controllers.delete(taskId);
      },
    };
  }

  /** Aborts a task; a task that is not running is left alone. */
  cancel(taskId: string, reason: string): void {
    this.#controllers.get(taskId)?.abort(new Error(reason));
  }
}
