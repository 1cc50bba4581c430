import type { Health } from './agent-record.ts';

/** From the best to the worst; what nobody has said anything of takes calls before what works below its best. */
const ORDER: readonly Health[] = ['HEALTHY', 'UNKNOWN', 'DEGRADED', 'UNHEALTHY'];

/** Whether a health is at least as good as another. */
export function isAtLeast(health: Health, least: Health): boolean {
  return ORDER.indexOf(health) <= ORDER.indexOf(least);
}
