import type { Health } from './agent-record.ts';

/** An instance as its probes see it. */
export interface ProbeCount {
  readonly health: Health;
  /** Failed probes since the last success. */
  readonly failures: number;
}

/** After one more probe: one success makes an instance healthy, `threshold` failures in a row unhealthy. */
export function afterProbe(count: ProbeCount, succeeded: boolean, threshold: number): ProbeCount {
  if (succeeded) return { health: 'HEALTHY', failures: 0 };
  const failures = count.failures + 1;
  return { health: failures >= threshold ? 'UNHEALTHY' : count.health, failures };
}
