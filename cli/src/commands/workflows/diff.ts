import {
  DiffWorkflowsResponseSchema,
  WorkflowChangeKind,
  type DiffWorkflowsResponse,
  type WorkflowChange,
} from '@skein/contracts/scheduler';
import { connect, type Api } from '../../api/api.ts';
import { jsonOfValue } from '../../api/wire-values.ts';
import { invalidValue } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { replayedRuns, showReplayedRuns } from '../../history/replayed-runs.ts';
import { wholeNumber } from '../../input/option-values.ts';
import type { Output } from '../../output/output.ts';
import { plainJson } from '../../output/plain-json.ts';
import { shortValue } from '../../output/value-text.ts';
import { readDefinition } from '../../workflow/definition-file.ts';

interface Options {
  readonly file?: string;
}

const MAX_VERSION = 2 ** 31 - 1;
const VALUE_CHARS = 80;
const version = wholeNumber(1, MAX_VERSION);

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<workflow>', 'id of the workflow')
    .argument('[from]', 'the older version; default: the one before the newer, or the latest with -f', version)
    .argument('[to]', 'the newer version; default: the latest', version)
    .option('-f, --file <file>', 'the newer definition, not stored yet; - is standard input')
    .addHelpText(
      'after',
      '\nOpen runs of the older version are replayed on the newer one: could they have come as far?',
    );
  invocation.handle(
    command,
    async (session, workflowId: string, from: number | undefined, to: number | undefined, { file }: Options) => {
      const { output, host } = session;
      if (file !== undefined && to !== undefined) {
        throw invalidValue('to', 'there are two newer sides', 'give a version or -f FILE');
      }
      const source = file === undefined ? undefined : await readDefinition(file, host);
      const api = await connect(session);
      const newer =
        source === undefined
          ? ({ case: 'toVersion', value: to ?? 0 } as const)
          : ({ case: 'source', value: source } as const);
      const answer = await api.workflows.diffWorkflows({
        namespace: api.namespace,
        workflowId,
        fromVersion: from ?? 0,
        to: newer,
      });
      await show(api, workflowId, answer, output);
    },
  );
};

async function show(api: Api, workflowId: string, answer: DiffWorkflowsResponse, output: Output): Promise<void> {
  output.document(plainJson(DiffWorkflowsResponseSchema, answer));
  const newer = answer.to === undefined ? 'the file' : `version ${answer.to.version}`;
  output.line(`${workflowId}: version ${answer.from?.version ?? 0} → ${newer}`);
  if (answer.changes.length === 0) output.line('no changes');
  for (const change of answer.changes) output.line(changeText(change, output));
  if (answer.openRuns.length === 0) return;
  output.line(`\nopen runs of version ${answer.from?.version ?? 0}, replayed on ${newer}:`);
  // Open runs are never pruned, so that no definition is needed.
  showReplayedRuns(await replayedRuns(api, answer.openRuns, {}), output);
}

function changeText({ kind, path, before, after }: WorkflowChange, { paint }: Output): string {
  const text = (value: WorkflowChange['before']) => (value ? shortValue(jsonOfValue(value), VALUE_CHARS) : '');
  if (kind === WorkflowChangeKind.ADDED) return paint.good(`+ ${path}: ${text(after)}`);
  if (kind === WorkflowChangeKind.REMOVED) return paint.bad(`- ${path}: ${text(before)}`);
  return paint.busy(`~ ${path}: ${text(before)} → ${text(after)}`);
}
