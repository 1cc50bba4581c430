/**
 * Answers a call about a run where the run is owned: here, or by asking its owner.
 *
 * A1. A call is asked of another scheduler once; one that was asked and is not the owner says so instead of asking on,
 *     unless it has handed the run over: only it knows to whom.
 * A2. While nobody can answer for a run (its owner is gone, and who follows is not known yet) the call waits, at
 *     most PATIENCE_MS: longer than it takes to notice that an owner is gone.
 */
import { Code, ConnectError, type CallOptions, type HandlerContext } from '@connectrpc/connect';
import { reasonOf, skeinError } from '@skein/rpc';
import type { Ownership } from '../app/ownership.ts';
import type { Peer, Peers } from '../app/peers.ts';
import { RunElsewhereError } from '../app/run-errors.ts';
import { pause } from './pause.ts';

/** Says that another scheduler has sent this call on. */
const FORWARDED_HEADER = 'skein-forwarded-by';
const PATIENCE_MS = 8000;
const RETRY_MS = 100;
/** Time for an answer of the owner, besides what it was asked to wait. */
const ANSWER_MS = 10_000;

/** Both ways of answering. */
export interface Answers<T> {
  readonly runId: string;
  /** This scheduler owns the run. @throws RunElsewhereError when it has just ceased to. */
  readonly here: () => Promise<T>;
  readonly there: (peer: Peer, options: CallOptions) => Promise<T>;
  /** Time that the answer may take by request, in milliseconds. Default 0. */
  readonly waitMs?: number;
  /** Whether asking twice is the same as asking once. Default: it is. */
  readonly isRepeatable?: boolean;
}

/** What routing needs. */
export interface RoutingParts {
  readonly ownership: Ownership;
  readonly peers: Peers;
}

/** The owner's answer. @throws NOT_READY when there is none in time; what the owner throws. */
export async function atOwner<T>(
  { ownership, peers }: RoutingParts,
  { requestHeader, signal }: HandlerContext,
  { runId, here, there, waitMs = 0, isRepeatable = true }: Answers<T>,
): Promise<T> {
  const isForwarded = wasForwarded(requestHeader);
  const startedAtMs = performance.now();
  for (;;) {
    const { changeSignal } = ownership;
    const owner = ownership.ownerOf(runId);
    let cause: unknown;
    try {
      if (owner?.schedulerId === ownership.schedulerId) return await here();
      // Whoever has handed a run over is asked for it first, and knows who has it.
      if (isForwarded && !ownership.hasHandedOver(runId)) throw notOwner(ownership);
      if (owner !== undefined) {
        const options = { signal: AbortSignal.any([signal, changeSignal]), timeoutMs: waitMs + ANSWER_MS };
        return await there(peers.at(owner), { ...options, headers: forwardingHeaders(ownership) });
      }
    } catch (error) {
      if (!mayTryAgain(error, changeSignal, isRepeatable)) throw error;
      cause = error;
    }
    if (signal.aborted || isForwarded || performance.now() - startedAtMs > PATIENCE_MS + waitMs) {
      throw notOwner(ownership, cause);
    }
    await pause(RETRY_MS, AbortSignal.any([signal, changeSignal]));
  }
}

/** Whether another scheduler has sent this call on (A1). */
export function wasForwarded(requestHeader: Headers): boolean {
  return requestHeader.has(FORWARDED_HEADER);
}

/** Marks a call as sent on. */
export function forwardingHeaders({ schedulerId }: Ownership): Record<string, string> {
  return { [FORWARDED_HEADER]: schedulerId };
}

/** Whether an error says that a scheduler is not there, or not ready. */
export function isAway(error: unknown): boolean {
  return error instanceof ConnectError && (error.code === Code.Unavailable || error.code === Code.DeadlineExceeded);
}

/** Whether the error says nothing about the run, but that its owner is not there, or not the owner. */
function mayTryAgain(error: unknown, changeSignal: AbortSignal, isRepeatable: boolean): boolean {
  if (error instanceof RunElsewhereError) return true;
  if (!(error instanceof ConnectError)) return false;
  if (reasonOf(error) === 'NOT_READY') return true;
  return isRepeatable && (isAway(error) || (error.code === Code.Canceled && changeSignal.aborted));
}

/**
 * Waits until this scheduler is sure that it is a live one: a heartbeat may be late.
 * @throws NOT_READY when that takes too long.
 */
export async function whenActive(ownership: Ownership, signal: AbortSignal): Promise<void> {
  const startedAtMs = performance.now();
  while (!ownership.isActive) {
    if (signal.aborted || performance.now() - startedAtMs > PATIENCE_MS) throw notOwner(ownership);
    await pause(RETRY_MS, AbortSignal.any([signal, ownership.changeSignal]));
  }
}

function notOwner(ownership: Ownership, cause?: unknown) {
  return skeinError({
    reason: 'NOT_READY',
    code: Code.Unavailable,
    message: ownership.isActive
      ? 'the scheduler that owns this run does not answer; another one takes over within seconds'
      : 'this scheduler is not one of the live ones: it cannot reach the database, or has just come back',
    remedy: 'try again; `skein doctor` says what is down',
    retryAfterMs: 500,
    ...(cause === undefined ? {} : { cause }),
  });
}
