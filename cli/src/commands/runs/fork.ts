import type { SearchAttributes } from '@skein/domain';
import { connect } from '../../api/api.ts';
import { valueOfJson } from '../../api/wire-values.ts';
import type { CommandModule } from '../../command.ts';
import { JSON_FORMS, readJson } from '../../input/json-input.ts';
import { collect, collectPair, wholeNumber } from '../../input/option-values.ts';
import { collectAttribute, foundByFields } from '../../input/found-by.ts';
import { addWaitOptions, type WaitOptions } from '../../input/start-options.ts';
import { showStarted } from './show-started.ts';

interface Options extends WaitOptions {
  readonly at: number;
  readonly version: number;
  readonly input?: string;
  readonly redo: readonly string[];
  readonly label?: Readonly<Record<string, string>>;
  readonly attr?: SearchAttributes;
  readonly memo?: string;
  readonly requestId: string;
  readonly wait?: boolean;
}

const MOST = 2 ** 31 - 1;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run>', 'id of the run to go on from; it stays as it is')
    .option('--at <seq>', 'the last event to take over; default: the last one', wholeNumber(1, MOST), 0)
    .option('--version <number>', "version of the workflow; default: the run's", wholeNumber(1, MOST), 0)
    .option('-i, --input <json>', `another input: ${JSON_FORMS}`)
    .option('--redo <node>', 'do this node again, and all that comes after it; may be repeated', collect, [])
    .option('-l, --label <key=value>', 'another label; may be repeated', collectPair)
    .option('--attr <name=value>', 'another search attribute; may be repeated', collectAttribute)
    .option('--memo <json>', `another memo: ${JSON_FORMS}`)
    .option('--request-id <id>', 'makes the fork idempotent: the same id again gives the same run', '')
    .option('-w, --wait', 'wait for the end with live progress and print the output');
  addWaitOptions(command);
  invocation.handle(command, async (session, runId: string, options: Options) => {
    const { at, version: workflowVersion, redo, label = {}, requestId, input } = options;
    const given = input === undefined ? {} : { input: valueOfJson(await readJson(input, '--input', session.host)) };
    const found = await foundByFields(options, session.host);
    const changes = {
      atSeq: BigInt(at),
      workflowVersion,
      redoNodeIds: [...redo],
      labels: { ...label },
      ...given,
      ...found,
    };
    const api = await connect(session);
    const { run } = await api.runs.forkRun({ namespace: api.namespace, runId, requestId, ...changes });
    return showStarted(session, api, run, options);
  });
};
