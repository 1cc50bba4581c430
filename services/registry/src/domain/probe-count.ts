import type { Health } from './agent-record.ts';

/** An instance as its probes see it. */
export interface ProbeCount {
  readonly health: Health;
  /** Failed probes since the last success. */
  readonly failures: number;
  /** Successful probes since the last failure, while it is unhealthy. */
  readonly successes: number;
}

/** What a probe found. */
export type Finding = 'HEALTHY' | 'DEGRADED' | 'FAILED';

/** Results in a row that change what an instance counts as. */
export interface Thresholds {
  /** Failures that make it unhealthy. */
  readonly unhealthy: number;
  /** Successes that make an unhealthy one healthy. */
  readonly healthy: number;
}

/** After one more probe. */
export function afterProbe(count: ProbeCount, finding: Finding, thresholds: Thresholds): ProbeCount {
  if (finding === 'FAILED') {
    const failures = count.failures + 1;
    return { health: failures >= thresholds.unhealthy ? 'UNHEALTHY' : count.health, failures, successes: 0 };
  }
  const successes = count.successes + 1;
  if (count.health === 'UNHEALTHY' && successes < thresholds.healthy) {
    return { health: 'UNHEALTHY', failures: 0, successes };
  }
  return { health: finding, failures: 0, successes: 0 };
}
