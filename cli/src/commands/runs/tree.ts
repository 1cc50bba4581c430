import { connect } from '../../api/api.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { readRunTree } from '../../tree/read-run-tree.ts';
import { treeJson, treeLines } from '../../tree/show-run-tree.ts';

interface Options {
  readonly depth: number;
  readonly limit: number;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run>', 'id of the run at the top')
    .option('--depth <count>', 'at most this many levels below it', wholeNumber(1, 16), 16)
    .option('--limit <count>', 'at most this many child runs', wholeNumber(1, 1000), 100);
  invocation.handle(command, async (session, runId: string, options: Options) => {
    const { output } = session;
    const api = await connect(session);
    const { run } = await api.runs.getRun({ namespace: api.namespace, runId });
    if (!run) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the run' });
    const tree = await readRunTree(api, run, options);
    output.document(treeJson(tree));
    for (const line of treeLines(tree, output.paint, Date.now())) output.line(line);
  });
};
