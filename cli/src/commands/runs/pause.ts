import type { CommandModule } from '../../command.ts';
import { changeRuns } from './change-runs.ts';

interface Options {
  readonly node: string;
  readonly reason: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<run...>', 'ids of the runs')
    .option('--node <id>', 'one node alone; the others go on', '')
    .option('--reason <text>', 'why, for people', '');
  invocation.handle(command, (session, runIds: string[], { node: nodeId, reason }: Options) =>
    changeRuns(session, runIds, ({ runs, namespace }, runId) => runs.pauseRun({ namespace, runId, nodeId, reason })),
  );
};
