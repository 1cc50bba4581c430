import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import {
  addStartOptions,
  addWaitOptions,
  startFields,
  type StartOptions,
  type WaitOptions,
} from '../../input/start-options.ts';
import { startRun } from '../../watch/run-to-end.ts';
import { showStarted } from './show-started.ts';

interface Options extends StartOptions, WaitOptions {
  readonly version?: number;
  readonly wait?: boolean;
  readonly force?: boolean;
}

const MAX_VERSION = 2 ** 31 - 1;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<workflow>', 'id of the workflow')
    .option('--version <number>', 'a version of it; default: the latest', wholeNumber(1, MAX_VERSION))
    .option('--force', 'start on a deprecated version all the same')
    .option('-w, --wait', 'wait for the end with live progress and print the output');
  addStartOptions(command);
  addWaitOptions(command);
  invocation.handle(command, async (session, workflowId: string, options: Options) => {
    const fields = await startFields(options, session.host);
    const api = await connect(session);
    const target = {
      case: 'workflow',
      value: { workflowId, version: options.version ?? 0, force: options.force ?? false },
    } as const;
    const run = await startRun(api, { ...fields, target });
    return showStarted(session, api, run, options);
  });
};
