import type { Plan, PlanNode } from '../workflow/plan.ts';
import type { ReusableResult } from './command.ts';
import type { RunEvent } from './event.ts';
import { apply, type RunDraft, type RunIdentity } from './evolve.ts';
import type { Payload } from './payload.ts';

/** What a decision may depend on besides plan, state and command. */
export interface Moment {
  /** Now, in milliseconds since 1970. */
  readonly nowMs: number;
  /** A number in [0, 1), for jitter. */
  readonly random: number;
}

/** One decision under way: the state as it stands after the events decided so far. */
export interface Turn {
  readonly plan: Plan;
  readonly identity: RunIdentity;
  readonly moment: Moment;
  /** Undefined until run_started is decided. */
  draft: RunDraft | undefined;
  readonly events: RunEvent[];
  /** Inputs of the nodes scheduled in this turn, so that nobody computes them twice. */
  readonly inputs: Map<string, Payload>;
  /** What a fork need not do again, by node id. */
  reusable: ReadonlyMap<string, ReusableResult>;
}

/** Decides an event: it is part of the state at once. */
export function emit(turn: Turn, event: RunEvent): void {
  const place = { seq: (turn.draft?.seq ?? 0) + 1, occurredAtMs: turn.moment.nowMs };
  turn.draft = apply(turn.draft, turn.identity, event, place);
  turn.events.push(event);
}

/** The state so far. Only after run_started. */
export function draftOfTurn(turn: Turn): RunDraft {
  if (turn.draft === undefined) throw new RangeError('the run has not been started');
  return turn.draft;
}

/** A node of the plan, or what undoes one; undefined: there is none. */
export function findPlanNode(plan: Plan, nodeId: string): PlanNode | undefined {
  return plan.nodes.get(nodeId) ?? plan.compensations.get(nodeId);
}

/** A node of the plan. The plan is the one that the run was started with, so every node of the run is in it. */
export function planNode(plan: Plan, nodeId: string): PlanNode {
  const node = findPlanNode(plan, nodeId);
  if (node === undefined) throw new RangeError(`workflow ${plan.workflowId} has no node ${nodeId}`);
  return node;
}
