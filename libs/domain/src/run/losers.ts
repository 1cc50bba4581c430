import type { PlanNode } from '../workflow/plan.ts';
import { isFinal } from './state.ts';
import { draftOfTurn, emit, planNode, type Turn } from './turn.ts';

/**
 * A node that waits for some of its incoming edges only is about to begin: what still works for nothing but the edges
 * that it does not need is cancelled, and what would have is skipped. A node whose way leads elsewhere too goes on.
 */
export function cancelLosers(turn: Turn, winner: PlanNode): void {
  if (winner.join === 'all') return;
  const draft = draftOfTurn(turn);
  const losers = new Set<string>();
  for (const id of turn.plan.order.toReversed()) {
    if (id === winner.id || isFinal(draft.nodes.get(id))) continue;
    const { outgoing } = planNode(turn.plan, id);
    const isUseless = ({ to }: { readonly to: string }) => to === winner.id || draft.nodes.has(to) || losers.has(to);
    if (outgoing.length > 0 && outgoing.every(isUseless)) losers.add(id);
  }
  for (const id of leadingTo(turn, winner, losers)) {
    if (draftOfTurn(turn).nodes.has(id)) {
      emit(turn, { kind: 'node_cancelled', nodeId: id, reason: `${winner.id} went on without it` });
    } else emit(turn, { kind: 'node_skipped', nodeId: id, reason: 'not_reached', nextNodeIds: [] });
  }
}

/** The losers from which a way leads to the winner through losers alone. */
function leadingTo(turn: Turn, winner: PlanNode, losers: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [winner];
  for (const { predecessors } of open) {
    for (const id of predecessors) {
      if (!losers.has(id) || found.has(id)) continue;
      found.add(id);
      open.push(planNode(turn.plan, id));
    }
  }
  return found;
}
