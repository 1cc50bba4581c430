import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { addWaitOptions, type WaitOptions } from '../../input/start-options.ts';
import { showToEnd } from '../../watch/run-to-end.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<run>', 'id of the run');
  addWaitOptions(command);
  invocation.handle(command, async (session, runId: string, options: WaitOptions) => {
    const api = await connect(session);
    // A run that does not exist is told at once, rather than waited for.
    await api.runs.getRun({ namespace: api.namespace, runId });
    return showToEnd(session, api, runId, options);
  });
};
