import { ApprovalSchema, ApprovalState, type Approval } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { approvalStateWord, approversText } from '../../approval/approval-view.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import type { Output } from '../../output/output.ts';
import { paintState } from '../../output/palette.ts';
import { plainJson } from '../../output/plain-json.ts';
import { instantMs } from '../../output/time.ts';
import { valueText } from '../../output/value-text.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<run>', 'id of the run').argument('<node>', 'the node that asks');
  invocation.handle(command, async (session, runId: string, nodeId: string) => {
    const { output } = session;
    const { approvals, namespace } = await connect(session);
    const { approval } = await approvals.getApproval({ namespace, runId, nodeId });
    if (!approval) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the approval' });
    output.document(plainJson(ApprovalSchema, approval));
    showApproval(approval, output);
  });
};

function showApproval(approval: Approval, output: Output): void {
  const { runId, nodeId, workflowId, approvers, prompt, decidedBy, comment, formSchema } = approval;
  const facts: [string, string][] = [
    ['run', runId],
    ['node', nodeId],
    ['workflow', workflowId],
    ['state', paintState(approvalStateWord(approval.state), output.paint)],
    ['question', prompt],
    ['who', approversText(approvers)],
    ['asked', timeText(approval.createdAt)],
    ['expires', timeText(approval.expiresAt)],
    ['decided by', decidedBy],
    ['decided', timeText(approval.decidedAt)],
    ['comment', comment],
  ];
  for (const [name, value] of facts) if (value !== '') output.line(`${name.padEnd(10)} ${value}`);
  if (formSchema !== undefined) output.line(`\nform\n${valueText(formSchema)}`);
  if (approval.state === ApprovalState.OPEN) {
    output.note(`\`skein approvals approve ${runId} ${nodeId}\` approves it, \`skein approvals reject\` rejects it`);
  }
}

function timeText(instant: Approval['expiresAt']): string {
  const atMs = instantMs(instant);
  return atMs === undefined ? '' : new Date(atMs).toISOString();
}
