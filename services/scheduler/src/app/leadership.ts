import { Code } from '@connectrpc/connect';
import { skeinError } from '@skein/rpc';

/** Whether this scheduler is the one that folds runs. */
export interface Leadership {
  readonly isActive: boolean;
  /** Aborts when this scheduler stops being the active one; a new signal each time it becomes it. */
  readonly activeSignal: AbortSignal;
}

/** @throws NOT_READY when another scheduler is active: its caller tries again, or elsewhere. */
export function requireActive(leadership: Leadership): void {
  if (leadership.isActive) return;
  throw skeinError({
    reason: 'NOT_READY',
    code: Code.Unavailable,
    message: 'this scheduler stands by: another one is active, or the database cannot be reached',
    remedy: 'try again, or ask the active scheduler',
    retryAfterMs: 500,
  });
}
