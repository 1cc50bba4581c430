import { BulkOperation } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { addBulkOptions, filtered, type BulkOptions } from '../../bulk/bulk-options.ts';
import { runBulk } from '../../bulk/run-bulk.ts';
import type { CommandModule } from '../../command.ts';

export const define: CommandModule['define'] = (command, invocation) => {
  command.argument('[run...]', 'ids of ended runs; or --filter');
  addBulkOptions(command);
  invocation.handle(command, async (session, runIds: string[], options: BulkOptions) => {
    const many = filtered(runIds, options);
    if (many !== undefined) return runBulk(session, many, { operation: BulkOperation.DELETE });
    const { output } = session;
    const { runs, namespace } = await connect(session);
    for (const runId of runIds) {
      await runs.deleteRun({ namespace, runId });
      output.line(`${runId} deleted`);
    }
    output.document({ deleted: runIds });
    return undefined;
  });
};
