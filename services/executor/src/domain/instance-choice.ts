/** Which instance gets a call. Pure: chance and what is known of instances are arguments. */
import { InstanceHealth, RoutingStrategy } from '@skein/contracts/registry';
import type { AgentRoutes, CallTarget } from './agent-routes.ts';
import { versionFits } from './agent-version.ts';
import { instanceOfSession } from './session-affinity.ts';

/** What this executor knows about an instance beyond what the registry says. */
export interface InstanceView {
  /** Whether its circuit breaker lets a call through. */
  letsThrough(instanceId: string): boolean;
  /** Whether it could not be reached a moment ago. */
  isShunned(instanceId: string): boolean;
  /** Whether it could not be reached when it was called last. */
  isLost(instanceId: string): boolean;
  /** Share of its capacity in use, as far as can be told. */
  load(instanceId: string): number;
  /** Moving average of how long its calls take, times the calls under way; 0: nothing is known. */
  latencyCost(instanceId: string): number;
}

/** What a call asks for. */
export interface CallWish {
  /** A range of versions. Empty: any. */
  readonly version: string;
  /** Empty: none. */
  readonly sessionId: string;
  /** Instances that have been tried. */
  readonly tried: ReadonlySet<string>;
}

/** What chance and turns are left to. */
export interface Dice {
  /** 0 to below 1. */
  random(): number;
  /** 0, 1, 2, … for each agent. */
  nextTurn(): number;
}

/** The instance for a call; undefined: none may be called. */
export function chooseInstance(
  routes: AgentRoutes,
  wish: CallWish,
  view: InstanceView,
  dice: Dice,
): CallTarget | undefined {
  const { strategy, sessionAffinity } = routes.settings;
  const best = bestTargets(routes, wish, view);
  if (best.length <= 1) return best[0];
  if (sessionAffinity && wish.sessionId !== '') return instanceOfSession(best, wish.sessionId);
  switch (strategy) {
    case RoutingStrategy.ROUND_ROBIN:
      return best[dice.nextTurn() % best.length];
    case RoutingStrategy.RANDOM:
      return any(best, dice);
    case RoutingStrategy.LATENCY_BASED:
      return cheaperOfTwo(best, view, dice);
    // A strategy of a newer contract is routed as by default.
    default:
      return leastLoaded(best, view, dice);
  }
}

/** Whether an instance may be called. */
export function hasCandidate(routes: AgentRoutes, wish: CallWish, view: InstanceView): boolean {
  return bestTargets(routes, wish, view).length > 0;
}

/** Whether no instance that a call asks for is there, as far as is known: all are drained, or could not be reached. */
export function isDeserted({ targets }: AgentRoutes, { version }: CallWish, view: InstanceView): boolean {
  return !targets.some(
    (target) => !target.isDrained && versionFits(target.version, version) && !view.isLost(target.instanceId),
  );
}

/** Those that may be called, as far as they are of the best rank. */
function bestTargets({ targets, versions }: AgentRoutes, wish: CallWish, view: InstanceView): readonly CallTarget[] {
  // Ranges are read once a call: there are few versions, and may be a thousand instances.
  const wanted = new Set(versions.filter((version) => versionFits(version, wish.version)));
  let best: CallTarget[] = [];
  let bestRank = Infinity;
  for (const target of targets) {
    const { instanceId } = target;
    if (target.isDrained || wish.tried.has(instanceId) || !wanted.has(target.version)) continue;
    if (!view.letsThrough(instanceId)) continue;
    const rank = rankOf(target, view);
    if (rank > bestRank) continue;
    if (rank < bestRank) [best, bestRank] = [[], rank];
    best.push(target);
  }
  return best;
}

function rankOf({ instanceId, health }: CallTarget, view: InstanceView): number {
  return (RANK_BY_HEALTH[health] ?? 1) + (view.isShunned(instanceId) ? SHUNNED_RANKS : 0);
}

const RANK_BY_HEALTH: Readonly<Record<InstanceHealth, number>> = {
  [InstanceHealth.HEALTHY]: 0,
  [InstanceHealth.UNSPECIFIED]: 1,
  [InstanceHealth.DEGRADED]: 2,
  [InstanceHealth.UNHEALTHY]: 3,
};

/** One that could not be reached comes after all others, whatever its health. */
const SHUNNED_RANKS = 4;

function any(targets: readonly CallTarget[], dice: Dice): CallTarget | undefined {
  return targets[Math.floor(dice.random() * targets.length)];
}

function leastLoaded(targets: readonly CallTarget[], view: InstanceView, dice: Dice): CallTarget | undefined {
  let best: CallTarget | undefined;
  let bestLoad = Infinity;
  let ties = 0;
  for (const target of targets) {
    const load = view.load(target.instanceId);
    if (load > bestLoad) continue;
    ties = load < bestLoad ? 1 : ties + 1;
    // Each of n equal ones is kept with the chance 1/n.
    if (load === bestLoad && dice.random() * ties >= 1) continue;
    [best, bestLoad] = [target, load];
  }
  return best;
}

/** Two at random, the better of them: nearly as good as the best of all, without all rushing to one (Mitzenmacher 2001). */
function cheaperOfTwo(targets: readonly CallTarget[], view: InstanceView, dice: Dice): CallTarget | undefined {
  const first = Math.floor(dice.random() * targets.length);
  const second = (first + 1 + Math.floor(dice.random() * (targets.length - 1))) % targets.length;
  const [one, other] = [targets[first], targets[second]];
  if (one === undefined || other === undefined) return one ?? other;
  return view.latencyCost(other.instanceId) < view.latencyCost(one.instanceId) ? other : one;
}
