import { Code, ConnectError, type Client } from '@connectrpc/connect';
import type { TaskService } from '@skein/contracts/scheduler';
import { SourceUnavailableError, type FetchedHistory, type RunHistorySource } from '../../app/run-history-source.ts';
import type { RunKey } from '../../domain/run-key.ts';

/** Longest wait for the scheduler, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** The scheduler as the source of what was missed. */
export class SchedulerHistorySource implements RunHistorySource {
  readonly #tasks: Client<typeof TaskService>;

  constructor(tasks: Client<typeof TaskService>) {
    this.#tasks = tasks;
  }

  async fetchAfter(run: RunKey, afterSeq: number, maxRows: number): Promise<FetchedHistory | undefined> {
    try {
      const request = { ...run, afterSeq: BigInt(afterSeq), pageSize: maxRows };
      const { transitions, lastSeq, ended } = await this.#tasks.getRunEvents(request, { timeoutMs: TIMEOUT_MS });
      const records = transitions.map(({ firstSeq, eventCount, body }) => {
        return { ...run, firstSeq: Number(firstSeq), eventCount, body };
      });
      return { records, lastSeq: Number(lastSeq), ended };
    } catch (cause) {
      if (cause instanceof ConnectError && cause.code === Code.NotFound) return undefined;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SourceUnavailableError(`the scheduler cannot be asked for the events of run ${run.runId}: ${why}`, {
        cause,
      });
    }
  }
}
