import type { LimitKey } from './limits/limit-store.ts';
import type { Member } from './ownership.ts';

/** One life of a scheduler. */
export interface Life extends Member {
  /** A UUID of this life. */
  readonly incarnation: string;
}

/** What a heartbeat answers. */
export interface Heartbeat {
  /** Whether this life still has its row. */
  readonly lives: boolean;
  /** The live schedulers, in the order of their ids. */
  readonly members: readonly Member[];
  /** The store's time, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** Told of what happens to a session. */
export interface MemberListener {
  /** The live schedulers have changed. A hint: it may not come. */
  membersChanged(): void;
  /** `namespace/workflow_id` has another version. A hint: it may not come. */
  workflowChanged(workflow: string): void;
  /** This run has got its slots; empty: an operator has changed a limit. A hint: it may not come. */
  limitsChanged(runId: string): void;
  /** A slot for a call came free under this limit. A hint: it may not come. */
  callSlotFreed(limit: LimitKey): void;
  /** A user has made, changed or deleted a schedule. A hint: it may not come. */
  schedulesChanged(): void;
  /** The session has ended without having been closed. */
  lost(): void;
}

/** One scheduler's session with the store of the members. */
export interface MemberSession {
  /**
   * Writes this life's row. `known`: it was there, so that nobody has taken this life for dead. `taken`: another life
   * with the same id is not over.
   */
  join(life: Life): Promise<'joined' | 'known' | 'taken'>;
  /**
   * Says that this life goes on. With `mayJudge` the rows of the dead are deleted: of those not seen for
   * DEAD_AFTER_MS, or for GONE_AFTER_MS where their session has ended.
   */
  heartbeat(life: Life, mayJudge: boolean): Promise<Heartbeat>;
  /** Deletes this life's row. */
  leave(life: Life): Promise<void>;
  close(): Promise<void>;
}

/** Where the live schedulers are kept. */
export interface MemberStore {
  open(listener: MemberListener): Promise<MemberSession>;
}

/** A member that has not been seen for this long is dead. */
export const DEAD_AFTER_MS = 3000;
/** A member whose session has ended is dead when it has not been seen for this long. */
export const GONE_AFTER_MS = 500;
