import { toJsonString } from '@bufbuild/protobuf';
import { TaskEventSchema } from '@skein/contracts/worker';
import { broken, kept, type Rule } from '../../rule.ts';
import { hasEnding, numbersOf, type WorkerSubject } from '../worker-subject.ts';

/** What was not acknowledged is sent again, and nothing else. */
export const resumes: Rule<WorkerSubject> = {
  id: 'worker/resumes',
  expected:
    'a task whose last event was not acknowledged is named in register.running, and its events go on behind what was heard',
  async check(subject) {
    const { executor } = subject;
    const before = await subject.ready();
    executor.acknowledges = false;
    try {
      const { task, events } = await subject.answered(before);
      executor.heardSeqs.set(task.taskId, events.length - 1);
      const after = await subject.reconnected(before);
      const named = after.register.running.find(({ taskId }) => taskId === task.taskId);
      if (named?.idempotencyKey !== task.idempotencyKey) {
        return broken('register.running does not name it with its key', 'keep events until they are acknowledged');
      }
      await after.until(() => hasEnding(after.eventsOf(task.taskId)), 5_000);
      const again = after.eventsOf(task.taskId);
      const last = events.at(-1);
      const isSame = again[0] !== undefined && last !== undefined && text(again[0]) === text(last);
      if (again.length === 1 && isSame) return kept;
      return broken(
        `after event ${events.length - 1} of ${events.length} was heard, events ${numbersOf(again)} came again`,
        'send the events behind registered.resumed, with the numbers and contents that they had',
      );
    } finally {
      executor.acknowledges = true;
      executor.heardSeqs.clear();
    }
  },
};

const text = (event: Parameters<typeof toJsonString<typeof TaskEventSchema>>[1]) =>
  toJsonString(TaskEventSchema, event);
