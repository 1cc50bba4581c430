import { BulkOperation } from '@skein/contracts/scheduler';
import { addBulkOptions, filtered, type BulkOptions } from '../../bulk/bulk-options.ts';
import { runBulk } from '../../bulk/run-bulk.ts';
import { invalidValue } from '../../cli-error.ts';
import type { CommandModule } from '../../command.ts';
import { changeRuns } from './change-runs.ts';

interface Options extends BulkOptions {
  readonly node: string;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('[run...]', 'ids of the runs; or --filter')
    .option('--node <id>', 'one node alone; without it those held back by themselves stay so', '');
  addBulkOptions(command);
  invocation.handle(command, async (session, runIds: string[], options: Options) => {
    const { node: nodeId } = options;
    const many = filtered(runIds, options);
    if (many === undefined) {
      return changeRuns(session, runIds, ({ runs, namespace }, runId) => runs.resumeRun({ namespace, runId, nodeId }));
    }
    if (nodeId !== '') throw invalidValue('--node', 'a filter finds whole runs', 'name the runs, or leave --node out');
    return runBulk(session, many, { operation: BulkOperation.RESUME });
  });
};
