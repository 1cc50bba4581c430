/** Whether a part can do its work now; when it cannot, `reason` says why in words an operator can act on. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/**
 * One running part of a process. It is running from the moment its factory resolves;
 * `[Symbol.asyncDispose]` stops it, may be called more than once, and resolves when everything it owned is released.
 */
export interface Service extends AsyncDisposable {
  /** Short, stable and lower case, for logs and readiness answers: "scheduler". */
  readonly name: string;
  /** Cheap enough to be asked every second. */
  ready(): Readiness | Promise<Readiness>;
}

/** The answer of a part that has nothing to wait for. */
export const READY: Readiness = Object.freeze({ ready: true });

/** The answer of a part that cannot work now. */
export function notReady(reason: string): Readiness {
  return { ready: false, reason };
}
