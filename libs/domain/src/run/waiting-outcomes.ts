/** What becomes of nodes that wait: for a time, a signal, a person. */
import type { JsonValue } from '../expression/json.ts';
import type { ApprovalWork, PlanNode } from '../workflow/plan.ts';
import { passedOn } from './begin-attempt.ts';
import type { DecideApproval, ProvideInput, SendSignal } from './command.ts';
import { finalFailure } from './failure.ts';
import { nodeInput } from './node-input.ts';
import { Payload } from './payload.ts';
import { expressionFailure, failNode, succeedNode } from './progress.ts';
import type { ApprovalWait, NodeRun } from './state.ts';
import { draftOfTurn, emit, planNode, type Turn } from './turn.ts';

/** Keeps the signal, or gives it to the node that waits for it. */
export function sendSignal(turn: Turn, { name, payload, signalId }: SendSignal): void {
  const draft = draftOfTurn(turn);
  const isOpen = draft.status === 'RUNNING' || draft.status === 'CREATED';
  if (!isOpen || (signalId !== '' && draft.signalIds.includes(signalId))) return;
  emit(turn, { kind: 'signal_received', name, payload, signalId });
  for (const id of turn.plan.nodes.keys()) {
    const node = draft.nodes.get(id);
    if (node?.wait?.kind !== 'signal' || node.wait.name !== name) continue;
    return succeedNode(turn, planNode(turn.plan, id), node.attempt, { outputSeq: draft.seq });
  }
}

/** Takes a person's decision; who may decide is checked where it is asked for. */
export function decideApproval(turn: Turn, { nodeId, approved, decidedBy, comment, form }: DecideApproval): void {
  const node = draftOfTurn(turn).nodes.get(nodeId);
  const plan = turn.plan.nodes.get(nodeId);
  if (node?.wait?.kind !== 'approval' || plan?.work.kind !== 'approval') return;
  settleApproval(turn, { plan, work: plan.work, node }, { approved, decidedBy, comment, form });
}

/** Takes the answer to an agent's question; whether it fits is checked where it is given. */
export function provideInput(turn: Turn, { nodeId, questionSeq, value, providedBy }: ProvideInput): void {
  const node = draftOfTurn(turn).nodes.get(nodeId);
  if (node?.wait?.kind !== 'input' || node.wait.questionSeq !== questionSeq) return;
  emit(turn, { kind: 'input_provided', nodeId, value, providedBy });
}

/** What is due of a wait. */
export function fireWait(turn: Turn, plan: PlanNode, node: NodeRun): void {
  const { wait } = node;
  const { nowMs } = turn.moment;
  switch (wait?.kind) {
    case 'time':
      if (nowMs >= wait.dueAtMs) endWait(turn, plan, node);
      return;
    case 'signal': {
      if (wait.dueAtMs === undefined || nowMs < wait.dueAtMs) return;
      const message = `no signal ${wait.name} has come in time`;
      const remedy = `send it sooner, or raise the node's timeout`;
      return failNode(turn, plan, node.attempt, finalFailure('TIMEOUT', message, `nodes.${plan.id}`, remedy));
    }
    case 'approval':
      return fireApproval(turn, plan, node, wait);
    // Only an answer, or the node's schedule_to_close timeout, ends this one.
    case 'input':
    case undefined:
  }
}

function endWait(turn: Turn, plan: PlanNode, node: NodeRun): void {
  try {
    succeedNode(turn, plan, node.attempt, passedOn(nodeInput(draftOfTurn(turn), plan, node.scheduledSeq)));
  } catch (error) {
    failNode(turn, plan, node.attempt, expressionFailure(error, `nodes.${plan.id}`));
  }
}

function fireApproval(turn: Turn, plan: PlanNode, node: NodeRun, wait: ApprovalWait): void {
  const { nowMs } = turn.moment;
  if (plan.work.kind !== 'approval') return;
  if (nowMs >= wait.expiresAtMs) return expire(turn, { plan, work: plan.work, node });
  if (wait.escalateAtMs !== undefined && nowMs >= wait.escalateAtMs) {
    emit(turn, { kind: 'approval_escalated', nodeId: plan.id });
  }
}

interface OpenApproval {
  readonly plan: PlanNode;
  readonly work: ApprovalWork;
  readonly node: NodeRun;
}

type Decision = Pick<DecideApproval, 'approved' | 'decidedBy' | 'comment' | 'form'>;

function expire(turn: Turn, approval: OpenApproval): void {
  const { plan, work, node } = approval;
  if (work.onExpire === 'fail') {
    const remedy = 'decide sooner, or raise expires_in, or say with on_expire what silence means';
    const failure = finalFailure('APPROVAL_EXPIRED', 'nobody has decided in time', `nodes.${plan.id}`, remedy);
    return failNode(turn, plan, node.attempt, failure);
  }
  const approved = work.onExpire === 'approve';
  settleApproval(turn, approval, { approved, decidedBy: '', comment: 'expired', form: Payload.fromValue(null) });
}

function settleApproval(turn: Turn, { plan, work, node }: OpenApproval, decision: Decision): void {
  const { approved, decidedBy, comment, form } = decision;
  emit(turn, { kind: 'approval_decided', nodeId: plan.id, approved, decidedBy, comment, form });
  if (!approved && work.onReject === 'fail') {
    const who = decidedBy === '' ? 'nobody has approved in time' : `${decidedBy} has rejected it`;
    const message = comment === '' ? who : `${who}: ${comment}`;
    const remedy = 'an error edge, or on_reject: continue, lets the workflow go on';
    return failNode(turn, plan, node.attempt, finalFailure('APPROVAL_REJECTED', message, `nodes.${plan.id}`, remedy));
  }
  const output: JsonValue = {
    approved,
    decided_by: decidedBy,
    comment,
    form: form.value,
    decided_at: new Date(turn.moment.nowMs).toISOString(),
  };
  succeedNode(turn, plan, node.attempt, { output: Payload.fromValue(output) });
}
