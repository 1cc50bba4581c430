import { Code, ConnectError, type Client } from '@connectrpc/connect';
import type { TaskService } from '@skein/contracts/scheduler';
import type { PayloadSource } from '../../app/payload-source.ts';
import { SourceUnavailableError } from '../../app/run-history-source.ts';
import type { RunKey } from '../../domain/run-key.ts';

/** Longest wait for the scheduler, in milliseconds. */
const TIMEOUT_MS = 5_000;
/** As many as one answer takes. */
const MAX_DIGESTS = 8;

/** The scheduler as the keeper of large payloads. */
export class SchedulerPayloadSource implements PayloadSource {
  readonly #tasks: Client<typeof TaskService>;

  constructor(tasks: Client<typeof TaskService>) {
    this.#tasks = tasks;
  }

  async fetch(run: RunKey, digests: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const texts = new Map<string, Uint8Array>();
    for (let from = 0; from < digests.length; from += MAX_DIGESTS) {
      const asked = digests.slice(from, from + MAX_DIGESTS).map((digest) => Buffer.from(digest, 'hex'));
      for (const { digest, json } of await this.#ask(run, asked)) texts.set(Buffer.from(digest).toString('hex'), json);
    }
    return texts;
  }

  async #ask(run: RunKey, digests: Uint8Array<ArrayBuffer>[]) {
    try {
      return (await this.#tasks.getPayloads({ ...run, digests }, { timeoutMs: TIMEOUT_MS })).payloads;
    } catch (cause) {
      if (cause instanceof ConnectError && cause.code === Code.NotFound) return [];
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new SourceUnavailableError(`the scheduler cannot be asked for payloads of run ${run.runId}: ${why}`, {
        cause,
      });
    }
  }
}
