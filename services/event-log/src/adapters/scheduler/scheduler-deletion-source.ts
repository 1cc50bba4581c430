import { ConnectError, type Client } from '@connectrpc/connect';
import type { TaskService } from '@skein/contracts/scheduler';
import type { RunDeletionSource } from '../../app/run-deletions.ts';
import { SourceUnavailableError } from '../../app/run-history-source.ts';

/** Longest wait for the scheduler, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** The scheduler as the one who says which runs are deleted. */
export function schedulerDeletionSource(tasks: Client<typeof TaskService>): RunDeletionSource {
  return {
    list: (limit) =>
      asking(async () => {
        const { deletions } = await tasks.listRunDeletions({ pageSize: limit }, { timeoutMs: TIMEOUT_MS });
        return deletions.map(({ namespace, runId }) => ({ namespace, runId }));
      }),
    confirm: (runs) =>
      asking(async () => {
        await tasks.confirmRunDeletions({ runIds: runs.map(({ runId }) => runId) }, { timeoutMs: TIMEOUT_MS });
      }),
  };
}

async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof ConnectError)) throw cause;
    throw new SourceUnavailableError(`the scheduler cannot be asked which runs are deleted: ${cause.message}`, {
      cause,
    });
  }
}
