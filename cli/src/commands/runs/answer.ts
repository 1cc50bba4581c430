import { RunSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { valueOfJson } from '../../api/wire-values.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { JSON_FORMS, readJson } from '../../input/json-input.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { runStateWord } from '../../watch/run-view.ts';

const MOST = 2 ** 31 - 1;

interface Options {
  readonly node: string;
  readonly by: string;
  readonly question: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run>', 'id of the run; `skein runs get` shows what its agents ask')
    .argument('<value>', `the answer: ${JSON_FORMS}`)
    .option('--node <id>', 'the node whose agent asks; default: the only one that does', '')
    .option('--question <seq>', 'the question; default: what is asked when the answer arrives', wholeNumber(1, MOST), 0)
    .option('--by <name>', 'who answers, for the history', '');
  invocation.handle(command, async (session, runId: string, value: string, { node, by, question }: Options) => {
    const { output, host } = session;
    const { runs, namespace } = await connect(session);
    const answer = { value: valueOfJson(await readJson(value, '<value>', host)), providedBy: by };
    const asked = { namespace, runId, nodeId: node, questionSeq: BigInt(question) };
    const { run } = await runs.provideInput({ ...asked, ...answer });
    if (!run) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the run' });
    output.document(plainJson(RunSchema, run));
    output.line(`${run.runId} ${runStateWord(run.state)}`);
  });
};
