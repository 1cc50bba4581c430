import type { CommandModule } from '../command.ts';
import {
  addStartOptions,
  addWaitOptions,
  startFields,
  type StartOptions,
  type WaitOptions,
} from '../input/start-options.ts';
import { violationText } from '../output/trouble-text.ts';
import { usePlatform } from '../platform/use-platform.ts';
import { showToEnd, startRun } from '../watch/run-to-end.ts';
import { applyDefinition, readDefinition, violationOf } from '../workflow/definition-file.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<file>', 'workflow in YAML or JSON; - is standard input');
  addStartOptions(command);
  addWaitOptions(command);
  command.addHelpText(
    'after',
    '\nUses the platform that runs, else starts the embedded one for this run. Its data stays, so the run can be looked\n' +
      'at later: `skein dev`, then `skein runs list`. Progress goes to standard error, the output to standard output.',
  );
  invocation.handle(command, async (session, file: string, options: StartOptions & WaitOptions) => {
    const { host, output } = session;
    const source = await readDefinition(file, host);
    const fields = await startFields(options, host);
    await using platform = await usePlatform(session);
    const { api } = platform;
    const { workflow, created, warnings } = await applyDefinition(api, file, source);
    for (const warning of warnings) output.note(`warning ${violationText(violationOf(warning))}`);
    const { workflowId = '', version = 0 } = workflow ?? {};
    output.note(output.paintNote.faint(`${workflowId} version ${version} ${created ? 'stored' : 'unchanged'}`));
    const run = await startRun(api, { ...fields, target: { case: 'workflow', value: { workflowId, version } } });
    return showToEnd(session, api, run.runId, options);
  });
};
