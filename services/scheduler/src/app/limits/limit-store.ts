import type { LimitClaim } from '@skein/domain';

/** Names a limit. */
export interface LimitKey {
  readonly namespace: string;
  readonly key: string;
}

/** A run that asks for a slot of every limit that it needs. */
export interface SlotRequest {
  readonly namespace: string;
  readonly runId: string;
  /** Zero where the definitions of several workflows speak for the same keys. */
  readonly workflowVersion: number;
  /** At least one, in the order of the keys. */
  readonly claims: readonly LimitClaim[];
  /** 1 (first) to 5. */
  readonly priority: number;
  readonly fairnessKey: string;
  readonly weight: number;
}

/** A slot of an agent's limit, held by one attempt of a node. */
export interface CallSlot {
  readonly runId: string;
  readonly nodeId: string;
  readonly attempt: number;
}

/** A slot, and of which limit. */
export interface HeldSlot extends CallSlot {
  readonly limit: LimitKey;
}

/** What came of asking for calls. */
export interface CallGrants {
  /** Which of those that asked hold a slot now, by their place in the question, rising. */
  readonly granted: readonly number[];
  /** When to ask again, where only a token of the rate is missing. */
  readonly afterMs: number | undefined;
}

/** Who has got what came free. */
export interface Grants {
  /** Runs that hold all their slots and may begin. May name one that has begun already. */
  readonly grantedRunIds: readonly string[];
  /** Limits to try again when a token of their rate has come, soonest first. */
  readonly later: readonly (LimitKey & { readonly afterMs: number })[];
}

/** A limit as it counts now, with those who hold and wait. */
export interface LimitState extends LimitKey {
  /** What an operator has set. */
  readonly operator: LimitFigures;
  /** What counts: the operator's figures, else the definition's. */
  readonly effective: LimitFigures;
  readonly holderCount: number;
  readonly waiterCount: number;
}

/** The figures of a limit. Undefined: there is none. */
export interface LimitFigures {
  readonly maxConcurrency: number | undefined;
  readonly rate: { readonly limit: number; readonly perMs: number } | undefined;
}

/** What holds a run up that waits. */
export interface WaitingPlace {
  /** The limit without room, or the first where all have some. */
  readonly limit: LimitState;
  /** 1: it is the next. */
  readonly place: number;
}

/** What was left undone between two lines, by whoever died there. */
export interface LimitAudit {
  /** Runs in state CREATED that hold their slots. */
  readonly toAdmit: readonly string[];
  /** Runs in state CREATED that neither hold nor wait. */
  readonly toAsk: readonly string[];
  /** Runs that have ended, and hold or wait. */
  readonly toRelease: readonly string[];
  /** Limits with room, and with somebody who waits. */
  readonly toGrant: readonly LimitKey[];
  /** Limits that operators have set or agents are registered with, of all namespaces. */
  readonly imposed: readonly LimitKey[];
  /** Runs that wait, in all. */
  readonly waiting: number;
  /** Slots of calls of runs of these shards, those first that were given first. */
  readonly callSlots: readonly HeldSlot[];
}

/**
 * Where limits are kept, with who holds and who waits.
 *
 * L1. A key never has more holders than its limit at the moment of the grant.
 * L2. A run holds a slot of every key that it asked for, or of none.
 * L3. Asking again and releasing again change nothing. Only a run in state CREATED gets a slot.
 * L4. Of those for whom there is room under all their keys, the first in line gets it: by priority, then by turns of the
 *     fairness keys, then by arrival.
 * L5. Calls ask in the order in which they are to be served, for a slot each; who asks again has what it had. Where there
 *     is no such limit all get what they ask for, and nothing is written.
 */
export interface LimitStore {
  /** Gives the run its slots, or puts it in line. */
  request(request: SlotRequest): Promise<Grants>;
  /** Takes runs that have ended out of everything; whoever is next gets their slots. */
  release(runIds: readonly string[]): Promise<Grants>;
  /** Gives what is free under these limits to whoever is next. */
  grantNext(keys: readonly LimitKey[]): Promise<Grants>;
  /** L5. Gives the first of these calls a slot of the limit each, as many as there is room for. */
  takeCalls(limit: LimitKey, slots: readonly CallSlot[]): Promise<CallGrants>;
  /** Takes these slots back, and lets every scheduler know that there is room. */
  releaseCalls(limit: LimitKey, slots: readonly CallSlot[]): Promise<void>;
  /** Looks for what was left undone; of runs that are to go on, only those of these shards. */
  audit(shards: readonly number[]): Promise<LimitAudit>;
  /** Forgets limits that nobody uses and no operator has set; answers how many. */
  forgetUnused(): Promise<number>;
  /** Undefined: the run does not wait. */
  placeOf(runId: string): Promise<WaitingPlace | undefined>;
  /** Sets what an operator wants. */
  setLimit(limit: LimitKey, figures: LimitFigures): Promise<void>;
  /** Takes it away; false where nobody has set it. */
  deleteLimit(limit: LimitKey): Promise<boolean>;
  /** Takes over what an agent is registered with; undefined: it has no limit. Who says what is known changes nothing. */
  defineCalls(limit: LimitKey, figures: LimitFigures | undefined): Promise<void>;
  /** Limits that agents are registered with, of all namespaces. */
  definedCalls(): Promise<readonly LimitKey[]>;
  limit(limit: LimitKey): Promise<LimitState | undefined>;
  /** In the order of the keys. */
  listLimits(namespace: string, afterKey: string, limit: number): Promise<readonly LimitState[]>;
  /** Limits that operators have set or agents are registered with, of all namespaces. */
  imposedKeys(): Promise<readonly LimitKey[]>;
}

/** Of a limit that nobody has set. */
export const NO_FIGURES: LimitFigures = { maxConcurrency: undefined, rate: undefined };

/** Nobody has got anything. */
export const NO_GRANTS: Grants = { grantedRunIds: [], later: [] };

/** Both together. */
export function joinGrants(...all: readonly Grants[]): Grants {
  return {
    grantedRunIds: [...new Set(all.flatMap(({ grantedRunIds }) => grantedRunIds))],
    later: all.flatMap(({ later }) => later).toSorted((a, b) => a.afterMs - b.afterMs),
  };
}
