import { Code } from '@connectrpc/connect';
import { skeinError } from '@skein/rpc';
import { lastSeqOf } from './run-history.ts';
import type { RunStore } from './run-store.ts';

/** How far a run has come, as somebody knows from the answer to a write. */
export interface KnownSeq {
  readonly runId: string;
  readonly seq: number;
}

/** Longest wait until the store has what somebody was told. */
const PATIENCE_MS = 2000;
const LOOK_EVERY_MS = 20;

/**
 * Resolves when the store has these runs as far as somebody knows them. Writes are answered after their commit, so that
 * a store that is not a replica has them at once.
 * @throws NOT_READY when it has not in time.
 */
export async function untilKnown(
  store: Pick<RunStore, 'lastTransition'>,
  known: readonly KnownSeq[],
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  let missing = known;
  for (;;) {
    const seqs = await Promise.all(missing.map(({ runId }) => lastSeqOf(store, runId)));
    missing = missing.filter(({ seq }, index) => (seqs[index] ?? 0) < seq);
    const [first] = missing;
    if (first === undefined) return;
    if (performance.now() > deadlineMs) throw notKnown(first);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function notKnown({ runId, seq }: KnownSeq) {
  return skeinError({
    reason: 'NOT_READY',
    code: Code.Unavailable,
    message: `the store has not reached seq ${seq} of run ${runId}`,
    place: 'min_seq',
    remedy: 'give a seq that an answer has told; a replica that lags may need a moment',
    retryAfterMs: 500,
  });
}
