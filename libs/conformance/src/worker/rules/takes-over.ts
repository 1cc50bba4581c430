import { toJsonString } from '@bufbuild/protobuf';
import { InvokeResponseSchema } from '@skein/contracts/agent';
import type { TaskEvent } from '@skein/contracts/worker';
import { broken, kept, type Rule } from '../../rule.ts';
import { numbersOf, type WorkerSubject } from '../worker-subject.ts';

/** Work that comes under a new name is the same work. */
export const takesOver: Rule<WorkerSubject> = {
  id: 'worker/takes-over',
  expected:
    'a task that comes again under a new task_id with the idempotency_key of one in hand is answered from event 1, with the same ending',
  async check(subject) {
    const { executor } = subject;
    const before = await subject.ready();
    executor.acknowledges = false;
    try {
      const first = await subject.answered(before);
      executor.heardSeqs.clear();
      await subject.reconnected(before);
      const after = await subject.ready();
      if (after.eventsOf(first.task.taskId).length > 0) {
        return broken(
          'events came for a task that nobody waits for',
          'send nothing for tasks that are not in registered.resumed',
        );
      }
      const second = await subject.answered(after, first.task.idempotencyKey);
      if (second.events[0]?.seq !== 1n) {
        return broken(`events ${numbersOf(second.events)}`, 'number the events of the new task_id from 1');
      }
      if (endingOf(first.events) === endingOf(second.events)) return kept;
      return broken(
        `first ${endingOf(first.events)}, then ${endingOf(second.events)}`,
        'find the work by its idempotency_key and give its events to the new task_id',
      );
    } finally {
      executor.acknowledges = true;
      executor.heardSeqs.clear();
    }
  },
};

function endingOf(events: readonly TaskEvent[]): string {
  const last = events.at(-1)?.event;
  return last === undefined ? 'no event' : toJsonString(InvokeResponseSchema, last);
}
