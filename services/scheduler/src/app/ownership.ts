/**
 * Which of the live schedulers folds which runs, as this one sees it.
 *
 * Owns: the view of the live schedulers and the shards that follow from it. Does not own: who lives (Membership), nor
 * the safety of runs: the key of their rows keeps two schedulers that both believe to own a run from both advancing it.
 *
 * W1. Until this scheduler is among the live ones, and once it may have been declared dead, it owns nothing it may act on.
 * W2. For a while after a change a former owner may still commit; until then what is in memory is checked before it
 *     is shown.
 * W3. A run that its owner cannot read, because a newer version has written to it, is a newer member's until the members
 *     change again.
 */
import { v7 as uuidv7 } from 'uuid';
import { inShard, ownersOf, shardOf } from '../domain/shards.ts';

/** A live scheduler. */
export interface Member {
  /** Unique among them. */
  readonly schedulerId: string;
  /** `host:port` of its gRPC services. */
  readonly address: string;
  /** The newest histories that it can read. */
  readonly historyVersion: number;
}

/** What ownership is made of. */
export interface OwnershipOptions {
  readonly schedulerId: string;
  /** Whether this scheduler can be sure that nobody has declared it dead. */
  readonly isFresh: () => boolean;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonicMs: () => number;
  /** A new UUIDv7. Default: of the machine's clock. */
  readonly newId?: () => string;
  /** Draws a number in [0, 1). Default: Math.random. */
  readonly random?: () => number;
}

/** Time in which every scheduler has learnt of a change, or knows that it may not act. */
export const SETTLE_MS = 4000;

export class Ownership {
  readonly schedulerId: string;
  readonly #options: OwnershipOptions;
  #members: readonly Member[] = [];
  #owners: readonly string[] = [];
  #shards: readonly number[] = [];
  #changedAtMs = Number.NEGATIVE_INFINITY;
  #change = new AbortController();
  /** Runs of this one's shards that are others', by run. */
  readonly #handedOver = new Map<string, string>();
  /** Runs of others' shards that are this one's. */
  readonly #taken = new Set<string>();

  constructor(options: OwnershipOptions) {
    this.schedulerId = options.schedulerId;
    this.#options = options;
  }

  /** The live schedulers, this one among them; empty while it is not (W1). */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** This scheduler's shards. */
  get shards(): readonly number[] {
    return this.#shards;
  }

  /** Aborts at the next change of the members. */
  get changeSignal(): AbortSignal {
    return this.#change.signal;
  }

  /** Whether this scheduler is a live one and can be sure of it (W1). */
  get isActive(): boolean {
    return this.#members.length > 0 && this.#options.isFresh();
  }

  /** Whether a former owner may still be at work somewhere (W2). */
  get isSettling(): boolean {
    return !this.#options.isFresh() || this.#options.monotonicMs() - this.#changedAtMs < SETTLE_MS;
  }

  owns(runId: string): boolean {
    return this.#idOfOwner(runId) === this.schedulerId;
  }

  /** Whether this scheduler has handed the run over (W3). */
  hasHandedOver(runId: string): boolean {
    return this.#handedOver.has(runId);
  }

  /** Members that can read more than this one. */
  get newerMembers(): readonly Member[] {
    const own = this.#members.find(({ schedulerId }) => schedulerId === this.schedulerId)?.historyVersion ?? 0;
    return this.#members.filter(({ historyVersion }) => historyVersion > own);
  }

  /** W3. */
  handOver(runId: string, to: Member): void {
    this.#handedOver.set(runId, to.schedulerId);
  }

  /** W3. */
  take(runId: string): void {
    this.#taken.add(runId);
  }

  /** Who folds a run; undefined: this scheduler does not know. */
  ownerOf(runId: string): Member | undefined {
    const owner = this.#idOfOwner(runId);
    return this.#members.find(({ schedulerId }) => schedulerId === owner);
  }

  /** An id for a run of this scheduler's own: whoever starts it also folds it. */
  newRunId(): string {
    const { newId = uuidv7, random = Math.random } = this.#options;
    const shard = this.#shards[Math.floor(random() * this.#shards.length)];
    return shard === undefined ? newId() : inShard(newId(), shard);
  }

  /** These are the live schedulers from now on; none: this one is not among them. */
  update(members: readonly Member[]): void {
    this.#members = members;
    this.#owners = members.length === 0 ? [] : ownersOf(members.map(({ schedulerId }) => schedulerId));
    this.#shards = this.#owners.flatMap((owner, shard) => (owner === this.schedulerId ? [shard] : []));
    this.#changedAtMs = this.#options.monotonicMs();
    this.#handedOver.clear();
    this.#taken.clear();
    const before = this.#change;
    // Whoever hears of this change looks at once for the next one.
    this.#change = new AbortController();
    before.abort();
  }

  #idOfOwner(runId: string): string | undefined {
    if (this.#taken.has(runId)) return this.schedulerId;
    return this.#handedOver.get(runId) ?? this.#owners[shardOf(runId)];
  }
}
