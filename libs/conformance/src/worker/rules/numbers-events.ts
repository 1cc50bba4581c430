import { isEnding } from '../../ending.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { HEARTBEAT_MS } from '../fake-executor.ts';
import { numbersOf, type WorkerSubject } from '../worker-subject.ts';

/** Events of a task have numbers, and an end. */
export const numbersEvents: Rule<WorkerSubject> = {
  id: 'worker/numbers-events',
  expected: 'the events of a task are numbered 1, 2, 3, …, and the last one is its only result, error or question',
  async check(subject) {
    const stream = await subject.ready();
    const { task } = await subject.answered(stream);
    // Whatever is said too much of it comes before the next sign of life.
    const saidAt = stream.messages.length;
    await stream.until(() => stream.messages.slice(saidAt).some(({ case: kind }) => kind === 'status'), HEARTBEAT_MS);
    const events = stream.eventsOf(task.taskId);
    if (events.some(({ seq }, at) => Number(seq) !== at + 1)) {
      return broken(`events ${numbersOf(events)}`, 'count the events of each task from 1, without a gap');
    }
    const endings = events.filter(({ event }) => isEnding(event?.event)).length;
    const last = events.at(-1)?.event?.event.case;
    if (endings === 1 && isEnding(events.at(-1)?.event?.event)) return kept;
    return broken(
      `${endings} results, errors and questions among ${events.length} events; the last is ${last ?? 'none'}`,
      'end each task once',
    );
  },
};
