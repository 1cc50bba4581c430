import type { MessageStore } from './message-store.ts';

/** What forgetting needs. */
export interface MessageRetentionOptions {
  readonly messages: Pick<MessageStore, 'forget'>;
  /** Age at which messages of no run are deleted, in milliseconds. */
  readonly retentionMs: number;
  /** Told of a round that failed; the next follows. */
  readonly onFailed: (error: unknown) => void;
}

const ROUND_MS = 60_000;
const PAGE = 1000;
/** So that one round never takes long. */
const MAX_PAGES_A_ROUND = 20;

/**
 * Deletes messages that are older than they are kept, until it is disposed. Those of a run go with their run
 * (RunDeletions). Several processes may do this: a row goes once.
 */
export class MessageRetention implements AsyncDisposable {
  readonly #options: MessageRetentionOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: MessageRetentionOptions) {
    this.#options = options;
    this.#wait();
  }

  /** Waits for the round under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #wait(): void {
    if (this.#isStopping) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#work();
    }, ROUND_MS);
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    try {
      await forgetMessages(this.#options);
    } catch (error) {
      this.#options.onFailed(error);
    }
    this.#wait();
  }
}

/** One round; answers how many messages were deleted. */
export async function forgetMessages({
  messages,
  retentionMs,
}: Pick<MessageRetentionOptions, 'messages' | 'retentionMs'>): Promise<number> {
  let total = 0;
  for (let pages = 0; pages < MAX_PAGES_A_ROUND; pages += 1) {
    const deleted = await messages.forget(retentionMs, PAGE);
    total += deleted;
    if (deleted < PAGE) break;
  }
  return total;
}
