import { RunSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { valueOfJson } from '../../api/wire-values.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { JSON_FORMS, readJson } from '../../input/json-input.ts';
import { plainJson } from '../../output/plain-json.ts';
import { runStateWord } from '../../watch/run-view.ts';

interface Options {
  readonly node: string;
  readonly by: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run>', 'id of the run; `skein runs get` shows what its agents ask')
    .argument('<value>', `the answer: ${JSON_FORMS}`)
    .option('--node <id>', 'the node whose agent asks; default: the only one that does', '')
    .option('--by <name>', 'who answers, for the history', '');
  invocation.handle(command, async (session, runId: string, value: string, { node, by }: Options) => {
    const { output, host } = session;
    const { runs, namespace } = await connect(session);
    const answer = valueOfJson(await readJson(value, '<value>', host));
    const { run } = await runs.provideInput({ namespace, runId, nodeId: node, value: answer, providedBy: by });
    if (!run) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the run' });
    output.document(plainJson(RunSchema, run));
    output.line(`${run.runId} ${runStateWord(run.state)}`);
  });
};
