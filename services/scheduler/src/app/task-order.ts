import {
  DEFAULT_FLOW,
  findPlanNode,
  isHeldBack,
  needsDispatch,
  nodeInput,
  type Answer,
  type DispatchKey,
  type Payload,
  type PlanNode,
  type RunState,
} from '@skein/domain';
import { callLimitOf, type LimitLookUp } from './limits/call-limit.ts';
import type { LimitKey } from './limits/limit-store.ts';
import type { RunCell } from './run-cell.ts';
import type { TaskTurn } from './task-queue.ts';

/** A task that is to go to an executor. */
export interface TaskOrder {
  readonly runId: string;
  readonly namespace: string;
  readonly workflowId: string;
  readonly key: DispatchKey;
  readonly node: PlanNode;
  readonly input: Payload;
  readonly sessionId: string;
  readonly traceparent: string;
  /** What the last heartbeat of the node said. */
  readonly resumeDetails: Payload | undefined;
  /** What its agent's question was answered with. */
  readonly answer: Answer | undefined;
  /** What it is put in order by while it waits for an executor. */
  readonly turn: TaskTurn;
  /** The limit of its agent, of which its attempt needs a slot. Undefined: it has none. */
  readonly callLimit: LimitKey | undefined;
  /** Whether it may not go to an executor: somebody has paused the run or the node. */
  readonly isHeldBack: boolean;
}

/**
 * The same for every delivery of an attempt: what agents recognise repeated work by. After an answer it is other work, and
 * not a repetition of what ended with the question.
 */
export function idempotencyKey({ runId, key, answer }: TaskOrder): string {
  const attempt = `${runId}/${key.nodeId}/${key.attempt}`;
  return answer === undefined ? attempt : `${attempt}/${answer.turn}`;
}

/** The task that a node of a run should have in this state; undefined: none. `input` saves computing it again. */
export function orderFor(
  { runId, namespace, plan }: RunCell,
  state: RunState,
  nodeId: string,
  limits: LimitLookUp,
  input?: Payload,
): TaskOrder | undefined {
  const run = state.nodes.get(nodeId);
  const node = findPlanNode(plan, nodeId);
  if (run === undefined || node === undefined || !needsDispatch(run)) return undefined;
  return {
    runId,
    namespace,
    workflowId: state.workflowId,
    key: { nodeId, attempt: run.attempt, dispatch: run.dispatch },
    node,
    input: input ?? nodeInput(state, node, run.inputSeq).payload,
    sessionId: state.sessionId,
    traceparent: state.traceparent,
    resumeDetails: run.resumeDetails,
    answer: run.answer,
    turn: state.flow ?? DEFAULT_FLOW,
    callLimit: callLimitOf(limits, namespace, node),
    isHeldBack: isHeldBack(state, nodeId),
  };
}

const STOP_REASONS: Partial<Record<RunState['status'], string>> = {
  CANCELLED: 'run cancelled',
  CANCELLING: 'run cancelled',
  TERMINATED: 'run terminated',
};

/** What an executor is told whose task of a run in this state is not wanted any more. */
export function stopReason({ status }: Pick<RunState, 'status'>): string {
  return STOP_REASONS[status] ?? 'result not wanted any more';
}
