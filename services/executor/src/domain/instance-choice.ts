import { InstanceHealth, type Instance } from '@skein/contracts/registry';

/** What this executor knows about an instance beyond what the registry says. */
export interface InstanceView {
  /** Calls under way. */
  inFlight(instanceId: string): number;
  /** Whether it could not be reached a moment ago. */
  isShunned(instanceId: string): boolean;
}

/**
 * The instance to call: of the best health, then with the fewest calls under way, then by chance. Undefined where
 * there is none.
 */
export function chooseInstance(
  instances: readonly Instance[],
  view: InstanceView,
  random: () => number,
): Instance | undefined {
  let best: Instance | undefined;
  let bestRank = Infinity;
  let bestLoad = Infinity;
  let ties = 0;
  for (const instance of instances) {
    const rank = rankOf(instance, view);
    const load = view.inFlight(instance.instanceId);
    if (rank > bestRank || (rank === bestRank && load > bestLoad)) continue;
    const better = rank < bestRank || load < bestLoad;
    ties = better ? 1 : ties + 1;
    // Each of n equal ones is kept with the chance 1/n.
    if (!better && random() * ties >= 1) continue;
    [best, bestRank, bestLoad] = [instance, rank, load];
  }
  return best;
}

function rankOf({ instanceId, health }: Instance, view: InstanceView): number {
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
