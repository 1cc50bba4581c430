import type { LimitClaim } from '@skein/domain';
import type { WaitingPlace } from './limit-store.ts';

/** What a run in state CREATED waits for, where its place is not known. */
export function waitsForLimits(claims: readonly LimitClaim[]): string {
  const keys = claims.map(({ key }) => key);
  return `a slot of ${keys.join(', ')}: \`skein limits get ${keys[0] ?? ''}\` shows who holds them`;
}

/** What a node waits for whose agent has a limit. */
export function waitsForCallSlot(agentId: string): string {
  const key = `agent/${agentId}`;
  return `a slot of ${key}: \`skein limits get ${key}\` shows how many are taken, \`skein limits set ${key} --max N\` raises it`;
}

/** What a run in state CREATED waits for, its place in the line, and what would help. */
export function waitsForSlot({ limit, place }: WaitingPlace): string {
  const { key, holderCount, effective } = limit;
  const { maxConcurrency, rate } = effective;
  const isFull = maxConcurrency !== undefined && holderCount >= maxConcurrency;
  if (isFull || rate === undefined) {
    const taken = maxConcurrency === undefined ? 'free' : `${holderCount} of ${maxConcurrency} taken`;
    return `a slot of ${key} (${taken}), place ${place}: \`skein limits set ${key} --max N\` raises it`;
  }
  const figures = `${rate.limit} every ${rate.perMs} ms`;
  return `its turn under the rate of ${key} (${figures}), place ${place}: \`skein limits set ${key} --rate N --per TIME\` raises it`;
}
