/** W12: which instance of a thousand gets a call. The executor's own decision, without the call. */
import { create } from '@bufbuild/protobuf';
import { AgentSchema, InstanceHealth, RoutingStrategy } from '@skein/contracts/registry';
import { agentRoutes, chooseInstance, InstanceLedger } from '@skein/executor';
import { quantile, rounded } from '../load/statistics.ts';
import type { Figures } from '../report/cell.ts';

/** Instances of the agent, of two versions in turn. */
const INSTANCES = 1000;
/** Decisions that are thrown away first: the code is compiled meanwhile. */
const WARM_UP = 2000;

/** What decides between instances. */
export const ROUTING_SCENARIOS = [
  { scenario: 'least loaded', strategy: RoutingStrategy.LEAST_LOADED, sessionAffinity: false },
  { scenario: 'round robin', strategy: RoutingStrategy.ROUND_ROBIN, sessionAffinity: false },
  { scenario: 'random', strategy: RoutingStrategy.RANDOM, sessionAffinity: false },
  { scenario: 'latency-based', strategy: RoutingStrategy.LATENCY_BASED, sessionAffinity: false },
  { scenario: 'sticky', strategy: RoutingStrategy.LEAST_LOADED, sessionAffinity: true },
] as const;

/** Decides for as many calls, every one of which stays under way, and so counts as load. */
export async function measureRouting(
  { strategy, sessionAffinity }: (typeof ROUTING_SCENARIOS)[number],
  decisions: number,
): Promise<Figures> {
  const routes = agentRoutes(
    create(AgentSchema, {
      namespace: 'bench',
      agentId: 'many',
      versions: [{ version: '1.1.0' }, { version: '1.0.0' }],
      routing: { strategy, sessionAffinity },
      instances: Array.from({ length: INSTANCES }, (_, at) => ({
        instanceId: `instance-${at}`,
        endpoint: `host:${at + 1}`,
        version: at % 2 === 0 ? '1.0.0' : '1.1.0',
        health: InstanceHealth.HEALTHY,
      })),
    }),
  );
  const ledger = new InstanceLedger();
  let turn = 0;
  const dice = { random: Math.random, nextTurn: () => (turn += 1) };
  const tried = new Set<string>();
  const timesMs: number[] = [];
  for (let call = 0; call < WARM_UP + decisions; call += 1) {
    const startedAtMs = performance.now();
    const target = chooseInstance(routes, { version: '^1', sessionId: `s-${call}`, tried }, ledger.view(), dice);
    if (call >= WARM_UP) timesMs.push(performance.now() - startedAtMs);
    if (target !== undefined) ledger.begin(target, routes);
  }
  return {
    runs: decisions,
    errors: 0,
    runs_per_s: null,
    p50_ms: rounded(quantile(timesMs, 0.5), 3),
    p99_ms: rounded(quantile(timesMs, 0.99), 3),
    cpu_s_per_1000_runs: null,
    peak_pss_mb: null,
  };
}
