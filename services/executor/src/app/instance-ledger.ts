/**
 * What this executor itself knows about instances: the calls under way and how long they took, circuit breakers, who
 * rests, and the loads that the registry told.
 *
 * Owns this knowledge. Does not own the routes.
 *
 * L1. A call counts from `begin` until it is ended, once.
 * L2. Breakers are this executor's own: another one's network may be broken where ours is not.
 * L3. What is not used for `FORGET_MS` is forgotten; nothing grows with the instances that ever were.
 */
import type { InstanceLoad } from '@skein/contracts/registry';
import { afterBegin, afterEnd, breakerState, CLOSED, letsThrough, type Breaker } from '../domain/breaker.ts';
import { CallWindow } from '../domain/call-window.ts';
import type { InstanceView } from '../domain/instance-choice.ts';
import type { AgentRoutes, CallTarget } from '../domain/agent-routes.ts';

/** How a call went, as far as it tells of the instance. */
export type CallEnd =
  | { readonly kind: 'good'; readonly latencyMs: number }
  | { readonly kind: 'fault'; readonly isUnreachable: boolean }
  /** It is away, and nothing was sent: it says itself when it is back, which no breaker may hold up. */
  | { readonly kind: 'away' }
  /** Cancelled, or refused for reasons of its own. */
  | { readonly kind: 'neutral' };

/** One call under way. */
export interface LedgerEntry {
  end(how: CallEnd): void;
}

/** How the calls at an instance go. */
export interface InstanceCalls {
  readonly namespace: string;
  readonly agentId: string;
  readonly instanceId: string;
  readonly inFlight: number;
  /** 0: none has ended. */
  readonly latencyMs: number;
  readonly breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
}

interface Page {
  readonly namespace: string;
  readonly agentId: string;
  inFlight: number;
  latencyMs: number;
  latencyAtMs: number;
  breaker: Breaker;
  /** 0: it was reached when it was called last. */
  shunnedUntilMs: number;
  ejectedUntilMs: number;
  /** Ejections in a row; each rests longer. */
  ejections: number;
  window: CallWindow | undefined;
  usedAtMs: number;
  isReported: boolean;
}

interface ToldLoad {
  readonly load: InstanceLoad;
  /** Our own calls when it was told. */
  readonly inFlightThen: number;
  readonly toldAtMs: number;
}

/** Time for which an instance that could not be reached comes after all others. */
const SHUN_MS = 5000;
const FORGET_MS = 300_000;
/** The registry repeats what counts. */
const LOAD_STALE_MS = 30_000;
/** Half of an average is this old. */
const LATENCY_DECAY_MS = 10_000;
/** Share of its capacity that one call takes where an instance does not say. */
const LOAD_OF_A_CALL = 0.1;
const LEAST_CALLS_TO_EJECT = 10;

export class InstanceLedger {
  readonly #pages = new Map<string, Page>();
  readonly #told = new Map<string, ToldLoad>();
  readonly #nowMs: () => number;

  /** Time counts from any moment, and never backwards. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** What is known at this moment; the clock is read once, for a choice among a thousand instances. */
  view(): InstanceView {
    const nowMs = this.#nowMs();
    return {
      letsThrough: (instanceId) => isAtWork(this.#pages.get(instanceId), nowMs),
      isShunned: (instanceId) => (this.#pages.get(instanceId)?.shunnedUntilMs ?? 0) > nowMs,
      isLost: (instanceId) => (this.#pages.get(instanceId)?.shunnedUntilMs ?? 0) > 0,
      load: (instanceId) => this.#load(instanceId, nowMs),
      latencyCost: (instanceId) => this.#latencyCost(instanceId, nowMs),
    };
  }

  inFlight(instanceId: string): number {
    return this.#pages.get(instanceId)?.inFlight ?? 0;
  }

  #load(instanceId: string, nowMs: number): number {
    const inFlight = this.inFlight(instanceId);
    const told = this.#toldLoad(instanceId, nowMs);
    if (told === undefined) return inFlight * LOAD_OF_A_CALL;
    const { load, inFlightThen } = told;
    const since = inFlight - inFlightThen;
    if (load.load === undefined) return Math.max(inFlight, load.inFlight + since) * LOAD_OF_A_CALL;
    const ofACall = load.inFlight > 0 && load.load > 0 ? load.load / load.inFlight : LOAD_OF_A_CALL;
    return Math.max(0, load.load + since * ofACall);
  }

  #latencyCost(instanceId: string, nowMs: number): number {
    const latencyMs = this.#pages.get(instanceId)?.latencyMs || this.#toldLoad(instanceId, nowMs)?.load.latencyMs || 0;
    return latencyMs * (this.inFlight(instanceId) + 1);
  }

  /** When the first of these lets a call through again; undefined: one does, or none ever will. */
  restsForMs(instanceIds: readonly string[]): number | undefined {
    const nowMs = this.#nowMs();
    let earliest: number | undefined;
    for (const id of instanceIds) {
      const page = this.#pages.get(id);
      if (page === undefined || isAtWork(page, nowMs)) return undefined;
      const untilMs = Math.max(page.breaker.openUntilMs ?? 0, page.ejectedUntilMs, nowMs);
      earliest = Math.min(earliest ?? Infinity, untilMs - nowMs);
    }
    return earliest;
  }

  /** The registry tells how busy instances are. */
  tell(loads: Readonly<Record<string, InstanceLoad>>): void {
    const toldAtMs = this.#nowMs();
    for (const [instanceId, load] of Object.entries(loads)) {
      this.#told.set(instanceId, { load, inFlightThen: this.inFlight(instanceId), toldAtMs });
    }
  }

  /** A call goes out (L1). */
  begin({ instanceId }: CallTarget, routes: AgentRoutes): LedgerEntry {
    const page = this.#page(instanceId, routes);
    page.inFlight += 1;
    page.breaker = afterBegin(page.breaker, this.#nowMs());
    let ended = false;
    return {
      end: (how) => {
        if (ended) return;
        ended = true;
        page.inFlight -= 1;
        this.#ended(page, routes, how);
      },
    };
  }

  /** How calls go, of every instance that was called since the last time or has calls under way. */
  takeReport(): InstanceCalls[] {
    const nowMs = this.#nowMs();
    const calls: InstanceCalls[] = [];
    for (const [instanceId, page] of this.#pages) {
      const { namespace, agentId, inFlight, latencyMs } = page;
      const breaker = breakerState(page.breaker, nowMs);
      if (!page.isReported || inFlight > 0 || breaker !== 'CLOSED') {
        calls.push({ namespace, agentId, instanceId, inFlight, latencyMs, breaker });
        page.isReported = inFlight === 0 && breaker === 'CLOSED';
      } else if (page.usedAtMs < nowMs - FORGET_MS) this.#pages.delete(instanceId);
    }
    for (const [instanceId, { toldAtMs }] of this.#told) {
      if (toldAtMs < nowMs - LOAD_STALE_MS) this.#told.delete(instanceId);
    }
    return calls;
  }

  #page(instanceId: string, { namespace, agentId }: AgentRoutes): Page {
    const nowMs = this.#nowMs();
    const known = this.#pages.get(instanceId);
    const page: Page = known ?? {
      namespace,
      agentId,
      inFlight: 0,
      latencyMs: 0,
      latencyAtMs: nowMs,
      breaker: CLOSED,
      shunnedUntilMs: 0,
      ejectedUntilMs: 0,
      ejections: 0,
      window: undefined,
      usedAtMs: nowMs,
      isReported: false,
    };
    page.usedAtMs = nowMs;
    page.isReported = false;
    if (known === undefined) this.#pages.set(instanceId, page);
    return page;
  }

  #ended(page: Page, { settings, targets }: AgentRoutes, how: CallEnd): void {
    const nowMs = this.#nowMs();
    page.usedAtMs = nowMs;
    page.isReported = false;
    page.breaker = afterEnd(page.breaker, faultOf(how), settings.breaker, nowMs);
    if (how.kind === 'good') {
      page.latencyMs = averageLatency(page, how.latencyMs, nowMs);
      page.latencyAtMs = nowMs;
      page.shunnedUntilMs = 0;
    }
    if (how.kind === 'away' || (how.kind === 'fault' && how.isUnreachable)) page.shunnedUntilMs = nowMs + SHUN_MS;
    const { ejection, breaker } = settings;
    if (ejection === undefined || how.kind === 'neutral' || how.kind === 'away') return;
    page.window ??= new CallWindow();
    page.window.add(how.kind === 'fault', nowMs);
    if (page.ejectedUntilMs > nowMs) return;
    const { calls, failures } = page.window.counts(nowMs);
    if (calls < LEAST_CALLS_TO_EJECT) return;
    if (failures / calls < ejection.failureRatio) {
      page.ejections = 0;
      return;
    }
    const ejected = targets.filter(({ instanceId }) => (this.#pages.get(instanceId)?.ejectedUntilMs ?? 0) > nowMs);
    if (ejected.length + 1 > targets.length * ejection.maxEjectedRatio) return;
    page.ejections += 1;
    page.ejectedUntilMs = nowMs + breaker.resetTimeoutMs * page.ejections;
    page.window = undefined;
  }

  #toldLoad(instanceId: string, nowMs: number): ToldLoad | undefined {
    const told = this.#told.get(instanceId);
    return told === undefined || told.toldAtMs < nowMs - LOAD_STALE_MS ? undefined : told;
  }
}

/** Whether calls go through: its breaker lets them, and it does not rest as an outlier. */
function isAtWork(page: Page | undefined, nowMs: number): boolean {
  return page === undefined || (letsThrough(page.breaker, nowMs) && page.ejectedUntilMs <= nowMs);
}

function faultOf(how: CallEnd): boolean | undefined {
  return how.kind === 'neutral' || how.kind === 'away' ? undefined : how.kind === 'fault';
}

/** An average over time, not over calls: what was long ago weighs less, however few calls there were since. */
function averageLatency(page: Page, latencyMs: number, nowMs: number): number {
  if (page.latencyMs === 0) return latencyMs;
  const weight = 0.5 ** ((nowMs - page.latencyAtMs) / LATENCY_DECAY_MS);
  const kept = Math.min(0.9, weight);
  return page.latencyMs * kept + latencyMs * (1 - kept);
}
