import { WorkflowVersionSchema } from '@skein/contracts/scheduler';
import { stringify } from 'yaml';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';
import { instantMs } from '../../output/time.ts';

const MAX_VERSION = 2 ** 31 - 1;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<workflow>', 'id of the workflow')
    .option('--version <number>', 'a version of it; default: the latest', wholeNumber(1, MAX_VERSION))
    .addHelpText('after', '\nThe definition is printed as YAML, ready to be changed and applied again.');
  invocation.handle(command, async (session, workflowId: string, options: { version?: number }) => {
    const { output } = session;
    const { workflows, namespace } = await connect(session);
    const { workflow } = await workflows.getWorkflow({ namespace, workflowId, version: options.version ?? 0 });
    if (!workflow) return;
    output.document(plainJson(WorkflowVersionSchema, workflow));
    const created = new Date(instantMs(workflow.createdAt) ?? 0).toISOString();
    output.line(`# version ${workflow.version} of ${created}, ${workflow.digest}`);
    output.text(stringify(workflow.definition ?? {}, { lineWidth: 120 }));
  });
};
