import { Code } from '@connectrpc/connect';
import { MAX_PAYLOAD_BYTES, Payload, type ApprovalWork, type JsonValue, type Plan } from '@skein/domain';
import { skeinError } from '@skein/rpc';
import type { RunAddress } from './control-run.ts';
import { findRun, type FindRunDependencies } from './find-run.ts';
import type { ApprovalRow, RunStore } from './run-store.ts';
import { inputTooLarge } from './start-run.ts';

/** What decisions need. */
export interface ApprovalDependencies extends FindRunDependencies {
  readonly store: FindRunDependencies['store'] & Pick<RunStore, 'approval'>;
}

/** Names a decision. */
export interface ApprovalAddress extends RunAddress {
  readonly nodeId: string;
}

/** A person's decision, checked at the edge. */
export interface ApprovalDecision extends ApprovalAddress {
  readonly approved: boolean;
  readonly decidedBy: string;
  /** Groups of that person, without `group:` before. */
  readonly groups: readonly string[];
  readonly comment: string;
  readonly form: JsonValue;
}

/** A decision, with what its form must be like. */
export interface FoundApproval {
  readonly row: ApprovalRow;
  readonly plan: Plan;
}

/**
 * Takes a decision; it is durable when this resolves.
 * @throws APPROVAL_NOT_FOUND, APPROVAL_DECIDED, APPROVER_NOT_ALLOWED, INPUT_SCHEMA_VIOLATION, PAYLOAD_TOO_LARGE
 */
export async function decideApproval(
  dependencies: ApprovalDependencies,
  decision: ApprovalDecision,
): Promise<FoundApproval> {
  const { row, plan } = await findApproval(dependencies, decision);
  if (row.status !== 'OPEN') return settled(row, plan, decision);
  if (!mayDecide(row, decision)) throw notAllowed(row, decision);
  const { runId, nodeId, approved, decidedBy, comment } = decision;
  const form = Payload.fromValue(decision.form);
  if (form.bytes.byteLength > MAX_PAYLOAD_BYTES) throw inputTooLarge(form.bytes.byteLength);
  const work = plan.nodes.get(nodeId)?.work;
  if (work?.kind === 'approval' && approved) checkForm(work, decision.form);
  await dependencies.engine.submit(runId, { kind: 'decide_approval', nodeId, approved, decidedBy, comment, form });
  const after = await findApproval(dependencies, decision);
  return settled(after.row, plan, decision);
}

/** @throws APPROVAL_NOT_FOUND */
export async function findApproval(
  dependencies: ApprovalDependencies,
  { namespace, runId, nodeId }: ApprovalAddress,
): Promise<FoundApproval> {
  const row = await dependencies.store.approval(runId, nodeId);
  if (row?.namespace !== namespace) throw approvalNotFound({ namespace, runId, nodeId });
  const { plan } = await findRun(dependencies, namespace, runId);
  return { row, plan };
}

/** The same decision by the same person is the same request, come twice. */
function settled(row: ApprovalRow, plan: Plan, { approved, decidedBy }: ApprovalDecision): FoundApproval {
  if (row.status === (approved ? 'APPROVED' : 'REJECTED') && row.decidedBy === decidedBy) return { row, plan };
  const by = row.decidedBy === '' ? '' : ` by ${row.decidedBy}`;
  throw skeinError({
    reason: 'APPROVAL_DECIDED',
    code: Code.FailedPrecondition,
    message: `the approval ${row.nodeId} of run ${row.runId} is ${row.status} already${by}`,
    place: 'node_id',
    remedy: 'a decision stays as it is; `skein runs fork` goes on from the run with another one',
  });
}

function mayDecide({ approvers }: ApprovalRow, { decidedBy, groups }: ApprovalDecision): boolean {
  if (approvers.length === 0 || approvers.includes(decidedBy)) return true;
  return groups.some((group) => approvers.includes(`group:${group}`));
}

function checkForm({ validateForm }: ApprovalWork, form: JsonValue): void {
  const violations = validateForm(form);
  if (violations.length === 0) return;
  throw skeinError({
    reason: 'INPUT_SCHEMA_VIOLATION',
    code: Code.InvalidArgument,
    message: 'the form does not match the form_schema of the approval',
    place: 'form',
    remedy: 'correct the form; `skein approvals get RUN NODE` shows the schema',
    violations: violations.map(({ pointer, keyword, message }) => ({
      field: `form${pointer}`,
      description: message,
      reason: keyword.toUpperCase(),
    })),
  });
}

function notAllowed({ approvers, runId, nodeId }: ApprovalRow, { decidedBy }: ApprovalDecision) {
  return skeinError({
    reason: 'APPROVER_NOT_ALLOWED',
    code: Code.PermissionDenied,
    message: `${decidedBy} is not among the approvers of ${nodeId} of run ${runId}`,
    place: 'decided_by',
    remedy: `ask ${approvers.join(', ')}`,
  });
}

function approvalNotFound({ namespace, runId, nodeId }: ApprovalAddress) {
  return skeinError({
    reason: 'APPROVAL_NOT_FOUND',
    code: Code.NotFound,
    message: `no run ${runId} of namespace ${namespace} has asked for the approval ${nodeId}`,
    place: 'node_id',
    remedy: '`skein approvals list` shows what is open',
  });
}
