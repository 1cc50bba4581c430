import type { PlanNode } from '@skein/domain';
import type { LimitBook } from './limit-book.ts';
import type { LimitKey } from './limit-store.ts';

/** Whether an operator has set a limit. */
export type LimitLookUp = Pick<LimitBook, 'isLimited'>;

/** The limit of the agent that a node calls; undefined: it calls none, or one without. */
export function callLimitOf(limits: LimitLookUp, namespace: string, { work }: PlanNode): LimitKey | undefined {
  if (work.kind !== 'agent') return undefined;
  const key = `agent/${work.agentId}`;
  return limits.isLimited(namespace, key) ? { namespace, key } : undefined;
}
