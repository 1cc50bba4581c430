/**
 * Limits in memory: the twin of the Postgres adapter for tests and simulations. It keeps the same promises (L1–L4,
 * `testing/limit-store.contract.ts`); nothing outlives the process.
 *
 * What it needs to know of runs it reads first; then every call does all its work at once.
 */
import {
  joinGrants,
  NO_FIGURES,
  NO_GRANTS,
  type CallGrants,
  type CallSlot,
  type Grants,
  type LimitAudit,
  type LimitFigures,
  type LimitKey,
  type LimitState,
  type LimitStore,
  type SlotRequest,
  type WaitingPlace,
} from '../../app/limits/limit-store.ts';
import type { RunRow, RunStore } from '../../app/run-store.ts';
import { shardOf } from '../../domain/shards.ts';
import { MemoryLimit, type Waiter } from './memory-limit.ts';

/** What the twin needs. */
export interface MemoryLimitStoreOptions {
  readonly runs: Pick<RunStore, 'runRow' | 'openRuns'>;
  /** The store's clock, in milliseconds since 1970; default: the machine's. */
  readonly nowMs?: () => number;
  /** Told when a slot for a call came free. Default: nobody is. */
  readonly onCallSlotFreed?: (limit: LimitKey) => void;
}

export class MemoryLimitStore implements LimitStore {
  readonly #runs: MemoryLimitStoreOptions['runs'];
  readonly #nowMs: () => number;
  readonly #limits = new Map<string, MemoryLimit>();
  readonly #waiters = new Map<string, Waiter>();
  readonly #onCallSlotFreed: (limit: LimitKey) => void;
  #arrivals = 0;

  constructor({ runs, nowMs = Date.now, onCallSlotFreed = () => {} }: MemoryLimitStoreOptions) {
    this.#runs = runs;
    this.#nowMs = nowMs;
    this.#onCallSlotFreed = onCallSlotFreed;
  }

  async request(request: SlotRequest): Promise<Grants> {
    const { namespace, runId, claims, workflowVersion } = request;
    const isCreated = await this.#statusReader([...this.#waiters.keys(), runId]);
    const limits = claims.map((claim) => {
      const limit = this.#limitOf({ namespace, key: claim.key });
      limit.define(claim, claim.key.startsWith('key/') ? 0 : workflowVersion);
      return limit;
    });
    if (limits.some(({ holders }) => holders.has(runId))) return { grantedRunIds: [runId], later: [] };
    if (!isCreated(runId)) return NO_GRANTS;
    if (!this.#waiters.has(runId)) {
      const nowMs = this.#nowMs();
      if (limits.every((limit) => limit.hasRoom(nowMs) && limit.line.size === 0)) {
        for (const limit of limits) limit.hold(runId, nowMs);
        return { grantedRunIds: [runId], later: [] };
      }
      this.#arrivals += 1;
      const tags = new Map(limits.map((limit) => [limit, limit.enqueue(request)]));
      const waiter = { runId, priority: request.priority, arrival: this.#arrivals, tags };
      this.#waiters.set(runId, waiter);
      for (const limit of limits) limit.line.set(runId, waiter);
    }
    return this.#grantNext(limits, isCreated);
  }

  async release(runIds: readonly string[]): Promise<Grants> {
    const isCreated = await this.#statusReader([...this.#waiters.keys()]);
    const freed = [...this.#limits.values()].filter((limit) => {
      const had = runIds.filter((runId) => limit.holders.delete(runId) || limit.line.delete(runId));
      return had.length > 0;
    });
    for (const runId of runIds) this.#waiters.delete(runId);
    return this.#grantNext(freed, isCreated);
  }

  async grantNext(keys: readonly LimitKey[]): Promise<Grants> {
    const isCreated = await this.#statusReader([...this.#waiters.keys()]);
    return this.#grantNext(
      keys.flatMap((key) => this.#limits.get(textOf(key)) ?? []),
      isCreated,
    );
  }

  async takeCalls(key: LimitKey, slots: readonly CallSlot[]): Promise<CallGrants> {
    const limit = this.#limits.get(textOf(key));
    if (limit === undefined) return { granted: [...slots.keys()], afterMs: undefined };
    const nowMs = this.#nowMs();
    const granted = slots.flatMap((slot, place) => (limit.call(slot, nowMs) ? [place] : []));
    return { granted, afterMs: granted.length === slots.length ? undefined : limit.tokenAfterMs(nowMs) };
  }

  async releaseCalls(key: LimitKey, slots: readonly CallSlot[]): Promise<void> {
    const limit = this.#limits.get(textOf(key));
    const had = slots.filter((slot) => limit?.giveBack(slot) === true);
    if (had.length > 0) this.#onCallSlotFreed(key);
  }

  async audit(shards: readonly number[]): Promise<LimitAudit> {
    const open = await this.#runs.openRuns(undefined, Number.MAX_SAFE_INTEGER);
    const here = [...this.#waiters.keys(), ...[...this.#limits.values()].flatMap(({ holders }) => [...holders])];
    const rows = new Map((await Promise.all([...open, ...here].map((id) => this.#runs.runRow(id)))).map(byId));
    const wanted = new Set(shards);
    const holds = (runId: string) => [...this.#limits.values()].some(({ holders }) => holders.has(runId));
    const created = open.filter((id) => rows.get(id)?.status === 'CREATED' && wanted.has(shardOf(id)));
    const nowMs = this.#nowMs();
    return {
      toAdmit: created.filter(holds),
      toAsk: created.filter((runId) => !holds(runId) && !this.#waiters.has(runId)),
      toRelease: [...new Set(here)].filter((runId) => rows.get(runId)?.endedAtMs !== undefined),
      toGrant: [...this.#limits.values()].filter((limit) => limit.line.size > 0 && limit.hasRoom(nowMs)),
      imposed: await this.imposedKeys(),
      waiting: this.#waiters.size,
      callSlots: [...this.#limits.values()].flatMap(({ namespace, key, calls }) => {
        const ours = [...calls.values()].filter(({ runId }) => wanted.has(shardOf(runId)));
        return ours.map((slot) => ({ ...slot, limit: { namespace, key } }));
      }),
    };
  }

  async forgetUnused(): Promise<number> {
    const unused = [...this.#limits.entries()].filter(([, limit]) => limit.isUnused(this.#nowMs()));
    for (const [text] of unused) this.#limits.delete(text);
    return unused.length;
  }

  async placeOf(runId: string): Promise<WaitingPlace | undefined> {
    const waiter = this.#waiters.get(runId);
    if (waiter === undefined) return undefined;
    const nowMs = this.#nowMs();
    const limits = [...waiter.tags.keys()];
    const limit = limits.find((it) => !it.hasRoom(nowMs)) ?? limits[0];
    return limit && { limit: limit.state(), place: limit.inOrder().indexOf(waiter) + 1 };
  }

  async setLimit(key: LimitKey, figures: LimitFigures): Promise<void> {
    this.#limitOf(key).operator = figures;
  }

  async deleteLimit(key: LimitKey): Promise<boolean> {
    const limit = this.#limits.get(textOf(key));
    if (limit === undefined || !limit.isOperated) return false;
    limit.operator = NO_FIGURES;
    return true;
  }

  async limit(key: LimitKey): Promise<LimitState | undefined> {
    return this.#limits.get(textOf(key))?.state();
  }

  async listLimits(namespace: string, afterKey: string, limit: number): Promise<readonly LimitState[]> {
    const states = Array.from(this.#limits.values(), (it) => it.state());
    const found = states.filter((it) => it.namespace === namespace && it.key > afterKey);
    return found.toSorted((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit);
  }

  async defineCalls(key: LimitKey, figures: LimitFigures | undefined): Promise<void> {
    if (figures !== undefined || this.#limits.has(textOf(key))) this.#limitOf(key).define(figures ?? NO_FIGURES, 0);
  }

  async definedCalls(): Promise<readonly LimitKey[]> {
    return [...this.#limits.values()].filter(({ key, isDefined }) => key.startsWith('agent/') && isDefined);
  }

  async imposedKeys(): Promise<readonly LimitKey[]> {
    return [...this.#limits.values()].filter(({ isImposed }) => isImposed);
  }

  #limitOf(key: LimitKey): MemoryLimit {
    const limit = this.#limits.get(textOf(key)) ?? new MemoryLimit(key);
    this.#limits.set(textOf(key), limit);
    return limit;
  }

  /** Which of these runs were in state CREATED when it was made. */
  async #statusReader(runIds: readonly string[]): Promise<(runId: string) => boolean> {
    const rows = await Promise.all(runIds.map((runId) => this.#runs.runRow(runId)));
    const created = new Set(rows.flatMap((row) => (row?.status === 'CREATED' ? [row.runId] : [])));
    return (runId) => created.has(runId);
  }

  #grantNext(limits: readonly MemoryLimit[], isCreated: (runId: string) => boolean): Grants {
    return joinGrants(...limits.map((limit) => this.#grantOf(limit, isCreated)));
  }

  /** L4. */
  #grantOf(limit: MemoryLimit, isCreated: (runId: string) => boolean): Grants {
    const nowMs = this.#nowMs();
    const grantedRunIds: string[] = [];
    for (const { runId, tags } of limit.inOrder()) {
      if (!limit.hasRoom(nowMs)) break;
      const all = [...tags.keys()];
      if (!isCreated(runId) || !all.every((it) => it.hasRoom(nowMs))) continue;
      for (const it of all) {
        it.hold(runId, nowMs);
        it.line.delete(runId);
      }
      this.#waiters.delete(runId);
      grantedRunIds.push(runId);
    }
    const afterMs = limit.line.size > 0 ? limit.tokenAfterMs(nowMs) : undefined;
    const { namespace, key } = limit;
    return { grantedRunIds, later: afterMs === undefined ? [] : [{ namespace, key, afterMs }] };
  }
}

function textOf({ namespace, key }: LimitKey): string {
  return JSON.stringify([namespace, key]);
}

function byId(row: RunRow | undefined): readonly [string, RunRow | undefined] {
  return [row?.runId ?? '', row];
}
