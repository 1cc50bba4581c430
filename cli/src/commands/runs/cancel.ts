import { BulkOperation } from '@skein/contracts/scheduler';
import { addBulkOptions, filtered, type BulkOptions } from '../../bulk/bulk-options.ts';
import { runBulk } from '../../bulk/run-bulk.ts';
import type { CommandModule } from '../../command.ts';
import { changeRuns } from './change-runs.ts';

interface Options extends BulkOptions {
  readonly reason: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('[run...]', 'ids of the runs; or --filter').option('--reason <text>', 'why, for people', '');
  addBulkOptions(command);
  invocation.handle(command, async (session, runIds: string[], options: Options) => {
    const { reason } = options;
    const many = filtered(runIds, options);
    if (many !== undefined) return runBulk(session, many, { operation: BulkOperation.CANCEL, reason });
    return changeRuns(session, runIds, ({ runs, namespace }, runId) => runs.cancelRun({ namespace, runId, reason }));
  });
};
