import {
  NO_FIGURES,
  type CallSlot,
  type LimitFigures,
  type LimitKey,
  type LimitState,
  type SlotRequest,
} from '../../app/limits/limit-store.ts';

/** A run that waits, with its tag in each line. */
export interface Waiter {
  readonly runId: string;
  readonly priority: number;
  readonly arrival: number;
  readonly tags: ReadonlyMap<MemoryLimit, number>;
}

/** One limit, with who holds and who waits. */
export class MemoryLimit implements LimitKey {
  readonly namespace: string;
  readonly key: string;
  operator: LimitFigures = NO_FIGURES;
  readonly holders = new Set<string>();
  readonly calls = new Map<string, CallSlot>();
  readonly line = new Map<string, Waiter>();
  #workflow: LimitFigures = NO_FIGURES;
  #version = 0;
  /** Undefined: the bucket is full. */
  #bucket: { readonly tokens: number; readonly atMs: number } | undefined;
  /** Finish tags by priority and fairness key. */
  readonly #turns = new Map<number, Map<string, number>>();

  constructor({ namespace, key }: LimitKey) {
    this.namespace = namespace;
    this.key = key;
  }

  get isOperated(): boolean {
    return this.operator.maxConcurrency !== undefined || this.operator.rate !== undefined;
  }

  /** By a definition. */
  get isDefined(): boolean {
    return this.#workflow.maxConcurrency !== undefined || this.#workflow.rate !== undefined;
  }

  /** By an operator, or by what an agent is registered with. */
  get isImposed(): boolean {
    const { maxConcurrency, rate } = this.effective;
    return this.isOperated || (this.key.startsWith('agent/') && (maxConcurrency ?? rate) !== undefined);
  }

  get effective(): LimitFigures {
    const { maxConcurrency, rate } = this.operator;
    return {
      maxConcurrency: maxConcurrency ?? this.#workflow.maxConcurrency,
      rate: rate ?? this.#workflow.rate,
    };
  }

  /** Takes over what a definition says, unless a higher version has spoken. */
  define({ maxConcurrency, rate }: LimitFigures, version: number): void {
    if (version < this.#version) return;
    this.#workflow = { maxConcurrency, rate };
    this.#version = version;
  }

  hasRoom(nowMs: number): boolean {
    const { maxConcurrency = Infinity } = this.effective;
    return this.#holderCount < maxConcurrency && this.#tokens(nowMs) >= 1;
  }

  hold(runId: string, nowMs: number): void {
    this.#spend(nowMs);
    this.holders.add(runId);
  }

  /** Whether the call has a slot now. */
  call(slot: CallSlot, nowMs: number): boolean {
    const name = callName(slot);
    if (this.calls.has(name)) return true;
    if (!this.hasRoom(nowMs)) return false;
    this.#spend(nowMs);
    this.calls.set(name, slot);
    return true;
  }

  /** Whether it had one. */
  giveBack(slot: CallSlot): boolean {
    return this.calls.delete(callName(slot));
  }

  /** Milliseconds until a token comes, where only that is missing. */
  tokenAfterMs(nowMs: number): number | undefined {
    const { maxConcurrency = Infinity, rate } = this.effective;
    const tokens = this.#tokens(nowMs);
    if (rate === undefined || tokens >= 1 || this.#holderCount >= maxConcurrency) return undefined;
    return Math.max(1, Math.ceil(((1 - tokens) * rate.perMs) / rate.limit));
  }

  /** The tag of a run that joins the line. */
  enqueue({ priority, fairnessKey, weight }: SlotRequest): number {
    const tags = [...this.line.values()].flatMap((it) => (it.priority === priority ? [it.tags.get(this) ?? 0] : []));
    if (tags.length === 0) this.#turns.delete(priority);
    const turns = this.#turns.get(priority) ?? new Map<string, number>();
    this.#turns.set(priority, turns);
    const tag = tags.length === 0 ? 0 : Math.max(Math.min(...tags), turns.get(fairnessKey) ?? 0);
    turns.set(fairnessKey, tag + 1 / weight);
    return tag;
  }

  /** The line, the next one first. */
  inOrder(): readonly Waiter[] {
    const tagOf = (waiter: Waiter) => waiter.tags.get(this) ?? 0;
    return [...this.line.values()].toSorted(
      (a, b) => a.priority - b.priority || tagOf(a) - tagOf(b) || a.arrival - b.arrival,
    );
  }

  isUnused(nowMs: number): boolean {
    const { rate } = this.effective;
    const isFull = rate === undefined || this.#tokens(nowMs) >= rate.limit;
    return !this.isImposed && isFull && this.#holderCount === 0 && this.line.size === 0;
  }

  state(): LimitState {
    const { namespace, key, operator, effective } = this;
    return { namespace, key, operator, effective, holderCount: this.#holderCount, waiterCount: this.line.size };
  }

  get #holderCount(): number {
    return this.holders.size + this.calls.size;
  }

  #spend(nowMs: number): void {
    if (this.effective.rate !== undefined) this.#bucket = { tokens: this.#tokens(nowMs) - 1, atMs: nowMs };
  }

  #tokens(nowMs: number): number {
    const { rate } = this.effective;
    if (rate === undefined) return Infinity;
    if (this.#bucket === undefined) return rate.limit;
    const { tokens, atMs } = this.#bucket;
    return Math.min(rate.limit, tokens + (Math.max(0, nowMs - atMs) * rate.limit) / rate.perMs);
  }
}

function callName({ runId, nodeId, attempt }: CallSlot): string {
  return JSON.stringify([runId, nodeId, attempt]);
}
