import { ApprovalSchema } from '@skein/contracts/scheduler';
import type { Command } from 'commander';
import { connect } from '../../api/api.ts';
import { valueOfJson } from '../../api/wire-values.ts';
import { approvalStateWord } from '../../approval/approval-view.ts';
import { CliError, invalidValue } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { Host } from '../../host.ts';
import { JSON_FORMS, readJson } from '../../input/json-input.ts';
import { collect } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly by?: string;
  readonly group: readonly string[];
  readonly comment: string;
  readonly form?: string;
}

/** The command that approves, or the one that rejects. */
export function defineVerdict(command: Command, invocation: Invocation, approved: boolean): void {
  command
    .argument('<run>', 'id of the run')
    .argument('<node>', 'the node that asks')
    .option('--by <name>', 'who decides (default: USER)')
    .option('-g, --group <name>', 'a group that this person is in; may be repeated', collect, [])
    .option('-c, --comment <text>', 'why, for people', '')
    .option('--form <json>', `the form, as \`skein approvals get\` shows it: ${JSON_FORMS}`);
  invocation.handle(command, async (session, runId: string, nodeId: string, options: Options) => {
    const { output, host } = session;
    const { group, comment, form } = options;
    const filledIn = form === undefined ? {} : { form: valueOfJson(await readJson(form, '--form', host)) };
    const decision = { approved, decidedBy: decider(options, host), groups: [...group], comment, ...filledIn };
    const { approvals, namespace } = await connect(session);
    const { approval } = await approvals.decideApproval({ namespace, runId, nodeId, ...decision });
    if (!approval) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the approval' });
    output.document(plainJson(ApprovalSchema, approval));
    output.line(`${approval.runId} ${approval.nodeId} ${approvalStateWord(approval.state)}`);
  });
}

function decider({ by }: Options, { env }: Host): string {
  const name = by ?? env['USER'] ?? '';
  if (name !== '') return name;
  throw invalidValue('--by', 'it is not known who decides', 'write --by NAME');
}
