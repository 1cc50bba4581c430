import type { CommandModule } from '../../command.ts';
import { changeRuns } from './change-runs.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run...>', 'ids of the runs')
    .option('--node <id>', 'one node alone; without it those held back by themselves stay so', '');
  invocation.handle(command, (session, runIds: string[], { node: nodeId }: { node: string }) =>
    changeRuns(session, runIds, ({ runs, namespace }, runId) => runs.resumeRun({ namespace, runId, nodeId })),
  );
};
