import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { JSON_FORMS, readJsonObject } from '../../input/json-input.ts';
import {
  addStartOptions,
  addWaitOptions,
  startFields,
  type StartOptions,
  type WaitOptions,
} from '../../input/start-options.ts';
import { showToEnd, startRun } from '../../watch/run-to-end.ts';

interface Options extends StartOptions, WaitOptions {
  readonly skill?: string;
  readonly config?: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<agent>', 'id of the agent')
    .option('--skill <id>', 'which skill is asked for; default: the agent decides')
    .option('--config <json>', `settings sent with the call: ${JSON_FORMS}`);
  addStartOptions(command);
  addWaitOptions(command);
  invocation.handle(command, async (session, agentId: string, options: Options) => {
    const { host } = session;
    const fields = await startFields(options, host);
    const config =
      options.config === undefined ? {} : { config: await readJsonObject(options.config, '--config', host) };
    const api = await connect(session);
    const target = { case: 'agent', value: { agentId, skillId: options.skill ?? '', ...config } } as const;
    const run = await startRun(api, { ...fields, target });
    return showToEnd(session, api, run.runId, options);
  });
};
