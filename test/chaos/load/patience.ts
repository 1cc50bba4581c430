import { setTimeout as delay } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import { reasonOf } from '@skein/rpc';

/** Answers after which the same request is worth repeating: nobody knows what became of it, or it was not its time. */
const PASSING: ReadonlySet<Code> = new Set([
  Code.Unavailable,
  Code.DeadlineExceeded,
  Code.ResourceExhausted,
  Code.Aborted,
  Code.Canceled,
  Code.Unknown,
]);
const PAUSE_MS = 200;

/** What a client went through until it was answered. */
export interface Tries {
  /** Requests without a usable answer, by reason. */
  readonly reasons: Map<string, number>;
}

/** Asks until there is an answer, or until the signal aborts. An answer that says no is thrown. */
export async function persist<T>(
  ask: (options: { readonly timeoutMs: number; readonly signal: AbortSignal }) => Promise<T>,
  { timeoutMs, signal, tries }: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly tries: Tries },
): Promise<T> {
  for (;;) {
    try {
      return await ask({ timeoutMs, signal });
    } catch (error) {
      signal.throwIfAborted();
      const { code } = ConnectError.from(error);
      const reason = reasonOf(error);
      tries.reasons.set(reason, (tries.reasons.get(reason) ?? 0) + 1);
      if (!PASSING.has(code)) throw error;
      await delay(PAUSE_MS, undefined, { signal });
    }
  }
}
