import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { addWaitOptions, type WaitOptions } from '../../input/start-options.ts';
import { showStarted } from './show-started.ts';

interface Options extends WaitOptions {
  readonly requestId: string;
  readonly wait?: boolean;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run>', 'id of a run that has failed, or was ended by somebody')
    .option('--request-id <id>', 'makes the retry idempotent: the same id again gives the same run', '')
    .option('-w, --wait', 'wait for the end with live progress and print the output');
  addWaitOptions(command);
  invocation.handle(command, async (session, runId: string, options: Options) => {
    const api = await connect(session);
    const { run } = await api.runs.retryRun({ namespace: api.namespace, runId, requestId: options.requestId });
    return showStarted(session, api, run, options);
  });
};
