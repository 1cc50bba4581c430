import type { PlanNode } from '../workflow/plan.ts';
import { childRunId } from './child-run-id.ts';
import { isHeldBack } from './state.ts';
import { draftOfTurn, emit, type Turn } from './turn.ts';

/** How many child runs an attempt has, and whether they come one after the other. */
export interface ChildrenShape {
  readonly total: number;
  readonly sequential: boolean;
}

/** Starts as many child runs of a node as may be open at a time. While the node is held back none is. */
export function startChildren(turn: Turn, node: PlanNode, { total, sequential }: ChildrenShape): void {
  const draft = draftOfTurn(turn);
  const run = draft.nodes.get(node.id);
  if (run === undefined) return;
  const { started = 0, open } = run.children ?? {};
  const concurrency = node.work.kind === 'map' ? node.work.concurrency : 1;
  const room = isHeldBack(draft, node.id) ? 0 : concurrency - (open?.size ?? 0);
  const count = Math.min(room, total - started);
  if (count <= 0 && run.children !== undefined) return;
  const childRunIds = Array.from({ length: Math.max(0, count) }, (_, offset) =>
    childRunId({
      parentRunId: draft.runId,
      nodeId: node.id,
      attempt: run.attempt,
      index: started + offset,
      startedAtMs: turn.moment.nowMs,
    }),
  );
  const { attempt } = run;
  emit(turn, {
    kind: 'child_runs_started',
    nodeId: node.id,
    attempt,
    firstIndex: started,
    childRunIds,
    total,
    sequential,
  });
}
