/** Keeps task events in event-log. */
import { Code, ConnectError, type Client } from '@connectrpc/connect';
import type { EventService } from '@skein/contracts/eventlog';
import { TaskEventsRefusedError, type TaskEventStore } from '../../app/task-events.ts';

/** Longest wait for one append before it is tried again. */
const APPEND_TIMEOUT_MS = 5000;

export function eventLogStore(events: Client<typeof EventService>): TaskEventStore {
  return {
    async append(batch, signal) {
      try {
        await events.appendTaskEvents({ events: [...batch] }, { signal, timeoutMs: APPEND_TIMEOUT_MS });
      } catch (error) {
        const { code, rawMessage } = ConnectError.from(error);
        if (code !== Code.InvalidArgument && code !== Code.Unimplemented) throw error;
        throw new TaskEventsRefusedError(`event-log refuses them: ${rawMessage}`, { cause: error });
      }
    },
  };
}
