import { CommitLane, type CommitLaneOptions, type PendingTransition } from './commit-lane.ts';
import type { Outbox } from './outbox.ts';
import { transitionBytes } from './transition-size.ts';

/** A transition of more bytes than this goes by the second lane, so that it holds up no small one. */
const LARGE_BODY_BYTES = 64 * 1024;

/** What the lanes need. */
export interface CommitLanesOptions extends Pick<CommitLaneOptions, 'store' | 'newCommitId' | 'onRetry' | 'pause'> {
  readonly outbox: Outbox;
}

/** Two lanes, one for small transitions and one for large. A run has at most one transition in either. */
export class CommitLanes {
  readonly #small: CommitLane;
  readonly #large: CommitLane;

  constructor({ outbox, ...options }: CommitLanesOptions) {
    const lane: CommitLaneOptions = {
      ...options,
      takeConfirmed: () => outbox.takeConfirmed(),
      onCommitted: (batchId, transitions) => outbox.publish({ batchId, transitions }),
    };
    this.#small = new CommitLane(lane);
    this.#large = new CommitLane(lane);
  }

  add(pending: PendingTransition): void {
    const lane = transitionBytes(pending.transition) > LARGE_BODY_BYTES ? this.#large : this.#small;
    lane.add(pending);
  }

  /** Resolves when nothing is waiting or under way. */
  async idle(): Promise<void> {
    await Promise.all([this.#small.idle(), this.#large.idle()]);
  }
}
