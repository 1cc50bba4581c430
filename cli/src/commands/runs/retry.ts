import { BulkOperation } from '@skein/contracts/scheduler';
import { connect } from '../../api/api.ts';
import { addBulkId, addBulkOptions, filtered, type BulkOptions } from '../../bulk/bulk-options.ts';
import { runBulk } from '../../bulk/run-bulk.ts';
import type { CommandModule } from '../../command.ts';
import { addWaitOptions, type WaitOptions } from '../../input/start-options.ts';
import { showStarted } from './show-started.ts';

interface Options extends WaitOptions, BulkOptions {
  readonly bulkId?: string;
  readonly requestId: string;
  readonly wait?: boolean;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('[run]', 'id of a run that has failed, or was ended by somebody; or --filter')
    .option('--request-id <id>', 'makes the retry idempotent: the same id again gives the same run', '')
    .option('-w, --wait', 'wait for the end with live progress and print the output');
  addWaitOptions(command);
  addBulkOptions(command);
  addBulkId(command);
  invocation.handle(command, async (session, runId: string | undefined, options: Options) => {
    const { bulkId } = options;
    const many = filtered(runId === undefined ? [] : [runId], options);
    if (many !== undefined) return runBulk(session, many, { operation: BulkOperation.RETRY, bulkId });
    const api = await connect(session);
    const { run } = await api.runs.retryRun({
      namespace: api.namespace,
      runId: runId ?? '',
      requestId: options.requestId,
    });
    return showStarted(session, api, run, options);
  });
};
