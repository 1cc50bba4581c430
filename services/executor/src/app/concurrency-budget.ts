/**
 * The number of tasks at a time, shared between the schedulers that are connected.
 *
 * Owns who has a share. Does not own how it is used up.
 *
 * B1. Each member has an equal share, and at least one task; what is over goes to the first to come.
 * B2. Credits once granted stay granted: while a member joins, the others use theirs up, so that for that time there
 *     may be more tasks than the budget.
 */
export class ConcurrencyBudget {
  readonly #concurrency: number;
  /** Each with what it is told by when its share has grown. */
  readonly #members = new Map<object, () => void>();

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  join(member: object, onGrown: () => void): void {
    this.#members.set(member, onGrown);
  }

  leave(member: object): void {
    if (!this.#members.delete(member)) return;
    for (const onGrown of this.#members.values()) onGrown();
  }

  /** B1; zero for one that is not a member. */
  shareOf(member: object): number {
    const rank = [...this.#members.keys()].indexOf(member);
    if (rank < 0) return 0;
    const count = this.#members.size;
    const over = rank < this.#concurrency % count ? 1 : 0;
    return Math.max(1, Math.floor(this.#concurrency / count) + over);
  }
}
