import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import {
  addStartOptions,
  addWaitOptions,
  startFields,
  type StartOptions,
  type WaitOptions,
} from '../../input/start-options.ts';
import { showToEnd, startRun } from '../../watch/run-to-end.ts';

interface Options extends StartOptions, WaitOptions {}

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<tool>', 'id of the tool');
  addStartOptions(command);
  addWaitOptions(command);
  invocation.handle(command, async (session, toolId: string, options: Options) => {
    const fields = await startFields(options, session.host);
    const api = await connect(session);
    const target = { case: 'tool', value: { toolId } } as const;
    const run = await startRun(api, { ...fields, target });
    return showToEnd(session, api, run.runId, options);
  });
};
