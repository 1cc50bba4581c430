import type { MessageStore } from './message-store.ts';

const PAGE = 1000;
/** So that one round never takes long. */
const MAX_PAGES_A_ROUND = 20;

/**
 * Deletes messages that are older than they are kept, in milliseconds; answers how many. Those of a run go with their run
 * (RunDeletions). Several processes may do this: a row goes once.
 */
export async function forgetMessages(messages: Pick<MessageStore, 'forget'>, retentionMs: number): Promise<number> {
  let total = 0;
  for (let pages = 0; pages < MAX_PAGES_A_ROUND; pages += 1) {
    const deleted = await messages.forget(retentionMs, PAGE);
    total += deleted;
    if (deleted < PAGE) break;
  }
  return total;
}
