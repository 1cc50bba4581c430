import { WorkflowVersionSchema } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly reason: string;
  readonly undo?: boolean;
}

const MAX_VERSION = 2 ** 31 - 1;

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<workflow>', 'id of the workflow')
    .argument('<version>', 'which version', wholeNumber(1, MAX_VERSION))
    .option('--reason <text>', 'why, and what to use instead', '')
    .option('--undo', 'take the mark back')
    .addHelpText('after', '\nOpen runs go on. New ones start on the latest version that is not deprecated.');
  invocation.handle(
    command,
    async (session, workflowId: string, version: number, { reason, undo = false }: Options) => {
      const { output } = session;
      const { workflows, namespace } = await connect(session);
      const request = { namespace, workflowId, version, reason, undo };
      const { workflow } = await workflows.deprecateWorkflowVersion(request);
      if (!workflow) return;
      output.document(plainJson(WorkflowVersionSchema, workflow));
      output.line(`${workflowId} version ${version} is ${undo ? 'not deprecated any more' : 'deprecated'}`);
    },
  );
};
