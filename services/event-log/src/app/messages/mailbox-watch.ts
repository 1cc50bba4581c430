/**
 * Waiting at a mailbox: look, wait for a notice, look again.
 *
 * Owns the rhythm. Does not own messages: notices are hints, the store is the truth.
 *
 * W1. Between looking and waiting nothing is missed: who waits has subscribed before the look that found nothing.
 * W2. What the bus loses, and what nobody announces (a visibility timeout that ran out), is found LOOK_AGAIN_MS later.
 */
import type { EventBus } from '@skein/bus';
import type { MailboxKey } from '../../domain/message.ts';
import type { Clock } from '../clock.ts';

/** The part of the bus that carries notices. */
export type NoticeBus = Pick<EventBus, 'publishMailboxNotice' | 'subscribeMailboxNotices'>;

/** What waiting needs. */
export interface WatchParts {
  readonly bus: NoticeBus;
  readonly clock: Clock;
}

const LOOK_AGAIN_MS = 1000;

/** Whoever waits at one mailbox. */
export interface MailboxWatch extends AsyncDisposable {
  /** Resolves at the next notice, at one that came since the last call, after `timeoutMs`, or when `signal` fires. */
  next(timeoutMs: number, signal: AbortSignal): Promise<void>;
}

/** Subscribes to the notices of a mailbox. */
export async function watchMailbox({ bus, clock }: WatchParts, mailbox: MailboxKey): Promise<MailboxWatch> {
  let hasNews = false;
  let wake: (() => void) | undefined;
  const subscription = await bus.subscribeMailboxNotices(mailbox, () => {
    hasNews = true;
    wake?.();
  });
  return {
    async next(timeoutMs, signal) {
      if (!hasNews && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const letGo = () => resolve();
        wake = letGo;
        const cancel = clock.after(timeoutMs, letGo);
        signal.addEventListener('abort', letGo);
        await promise;
        // The signal outlives this wait by far where a topic is followed.
        signal.removeEventListener('abort', letGo);
        cancel();
        wake = undefined;
      }
      hasNews = false;
    },
    [Symbol.asyncDispose]: () => subscription[Symbol.asyncDispose](),
  };
}

/** What `look` finds at a mailbox within the time; undefined where it finds nothing. Looks once at least. */
export async function lookUntil<T>(
  parts: WatchParts,
  mailbox: MailboxKey,
  look: () => Promise<T | undefined>,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<T | undefined> {
  const deadlineMs = parts.clock.nowMs() + timeoutMs;
  const first = await look();
  if (first !== undefined || timeoutMs <= 0 || signal.aborted) return first;
  await using watch = await watchMailbox(parts, mailbox);
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    const leftMs = deadlineMs - parts.clock.nowMs();
    if (leftMs <= 0 || signal.aborted) return undefined;
    await watch.next(Math.min(leftMs, LOOK_AGAIN_MS), signal);
  }
}
