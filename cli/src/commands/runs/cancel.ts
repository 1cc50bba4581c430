import type { CommandModule } from '../../command.ts';
import { changeRuns } from './change-runs.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('<run...>', 'ids of the runs').option('--reason <text>', 'why, for people', '');
  invocation.handle(command, (session, runIds: string[], { reason }: { reason: string }) =>
    changeRuns(session, runIds, ({ runs, namespace }, runId) => runs.cancelRun({ namespace, runId, reason })),
  );
};
