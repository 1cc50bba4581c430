import { ApprovalSchema, ApprovalState, type Approval } from '@skein/contracts/scheduler';
import { Option } from 'commander';
import { connect } from '../../api/api.ts';
import { pagesOf } from '../../api/pages.ts';
import {
  APPROVAL_STATE_WORDS,
  approvalStateOf,
  approvalStateWord,
  approversText,
} from '../../approval/approval-view.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { paintState } from '../../output/palette.ts';
import { plainJson } from '../../output/plain-json.ts';
import { table } from '../../output/table.ts';
import { ageText, instantMs, spanText } from '../../output/time.ts';
import { clip } from '../../output/value-text.ts';

interface Options {
  readonly state?: readonly string[];
  readonly approver: string;
  readonly run: string;
  readonly limit: number;
}

const TEXT_CHARS = 60;

export const define: CommandModule['define'] = (command, invocation) => {
  const states = new Option('-s, --state <state...>', 'only in one of these states (default: OPEN)');
  command
    .addOption(states.choices(APPROVAL_STATE_WORDS))
    .option('--approver <name>', 'only those that this person, or group:NAME, may decide', '')
    .option('--run <id>', 'only of this run', '')
    .option('--limit <count>', 'at most this many', wholeNumber(1, 100_000), 50);
  invocation.handle(command, async (session, { state = [], approver, run: runId, limit }: Options) => {
    const { output } = session;
    const { approvals: client, namespace } = await connect(session);
    const filter = { namespace, states: state.map(approvalStateOf), approver, runId };
    const approvals = await pagesOf(limit, async (page) => {
      const answer = await client.listApprovals({ ...filter, ...page });
      return { items: answer.approvals, nextPageToken: answer.nextPageToken };
    });
    output.document({ approvals: approvals.map((approval) => plainJson(ApprovalSchema, approval)) });
    if (approvals.length === 0) return output.note('nobody is asked for anything');
    const nowMs = Date.now();
    const rows = approvals.map((it) => [
      it.runId,
      it.nodeId,
      paintState(approvalStateWord(it.state), output.paint),
      ageText(it.createdAt, nowMs),
      leftText(it, nowMs),
      clip(it.decidedBy || approversText(it.approvers), TEXT_CHARS),
      clip(it.prompt, TEXT_CHARS),
    ]);
    for (const line of table(['RUN', 'NODE', 'STATE', 'AGE', 'LEFT', 'WHO', 'QUESTION'], rows)) output.line(line);
  });
};

/** How long there is to decide. */
function leftText({ state, expiresAt }: Approval, nowMs: number): string {
  const leftMs = (instantMs(expiresAt) ?? nowMs) - nowMs;
  return state === ApprovalState.OPEN ? spanText(Math.max(0, leftMs)) : '-';
}
