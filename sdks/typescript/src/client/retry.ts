import { setTimeout as delay } from 'node:timers/promises';
import { SkeinError } from './skein-error.ts';

const MAX_TRIES = 5;
const FIRST_PAUSE_MS = 100;
const TRANSIENT: ReadonlySet<string> = new Set(['UNAVAILABLE', 'ABORTED']);

/** Makes a call that may be made twice; again, at most four times, where the platform was not reached. Throws a SkeinError. */
export async function repeatable<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (thrown) {
      const error = SkeinError.from(thrown);
      if (!TRANSIENT.has(error.code) || tries >= MAX_TRIES || signal?.aborted === true) throw error;
      const pauseMs = error.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (tries - 1);
      await delay(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => {
        throw error;
      });
    }
  }
}

/** Makes a call once. Throws a SkeinError. */
export async function once<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw SkeinError.from(thrown);
  }
}
