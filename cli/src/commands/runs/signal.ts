import { BulkOperation, RunSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { valueOfJson } from '../../api/wire-values.ts';
import { addBulkId, addBulkOptions, type BulkOptions } from '../../bulk/bulk-options.ts';
import { runBulk } from '../../bulk/run-bulk.ts';
import { CliError } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import type { Host } from '../../host.ts';
import { JSON_FORMS, readJson } from '../../input/json-input.ts';
import { addStartOptions, startFields, type StartOptions } from '../../input/start-options.ts';
import { plainJson } from '../../output/plain-json.ts';
import { runStateWord } from '../../watch/run-view.ts';

interface Options extends StartOptions, BulkOptions {
  readonly bulkId?: string;
  readonly payload?: string;
  readonly id: string;
  readonly start?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .usage(
      '[options] <run> <signal>\n       skein runs signal [options] --start <workflow> --request-id <id> <signal>\n       skein runs signal [options] --filter <filter> <signal>',
    )
    .argument('<words...>', 'id of the run and name of the signal; with --start or --filter the name alone')
    .option('-p, --payload <json>', `what comes with it: ${JSON_FORMS}`)
    .option('--id <id>', 'id of the signal: the same one again has no effect', '')
    .option('--start <workflow>', 'start a run of this workflow, unless --request-id has started it before');
  addStartOptions(command);
  addBulkOptions(command);
  addBulkId(command);
  invocation.handle(command, async (session, words: string[], options: Options) => {
    const { output, host } = session;
    const { filter, bulkId, start } = options;
    if (filter !== undefined) {
      if (words.length !== 1 || start !== undefined) throw usage('with --filter the name of the signal stands alone');
      const { signalName, payload } = await signalFields(words[0] ?? '', options, host);
      const sent = payload === undefined ? { signalName } : { signalName, signalPayload: payload };
      return runBulk(session, { ...options, filter }, { operation: BulkOperation.SIGNAL, bulkId, ...sent });
    }
    const signal = { ...(await signalFields(words.at(-1) ?? '', options, host)) };
    const target = await targetOf(words, options, host);
    const { runs, namespace } = await connect(session);
    const at = target.case === 'start' ? { case: 'start' as const, value: { ...target.value, namespace } } : target;
    const { run, created } = await runs.signalRun({ namespace, target: at, ...signal });
    if (!run) throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the run' });
    output.document({ run: plainJson(RunSchema, run), created });
    output.line(`${run.runId} ${runStateWord(run.state)}`);
    if (created) output.note(`\`skein runs watch ${run.runId}\` follows it`);
    return undefined;
  });
};

async function signalFields(signalName: string, { payload, id }: Options, host: Host) {
  const value = payload === undefined ? {} : { payload: valueOfJson(await readJson(payload, '--payload', host)) };
  return { signalName, signalId: id, ...value };
}

async function targetOf(words: readonly string[], options: Options, host: Host) {
  const { start, requestId } = options;
  if (words.length !== (start === undefined ? 2 : 1)) throw usage('give a run and a signal, or --start and a signal');
  const [runId = ''] = words;
  if (start === undefined) return { case: 'runId' as const, value: runId };
  if (requestId === undefined) throw usage('--start needs --request-id: it says which run is meant');
  const target = { case: 'workflow' as const, value: { workflowId: start } };
  return { case: 'start' as const, value: { ...(await startFields(options, host)), target } };
}

function usage(message: string): CliError {
  const remedy = '`skein runs signal RUN NAME`, or `skein runs signal --start WORKFLOW --request-id ID NAME`';
  return new CliError({ reason: 'USAGE', message, remedy, exitCode: EXIT.usage });
}
