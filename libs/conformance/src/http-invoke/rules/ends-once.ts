import { broken, kept, type Rule } from '../../rule.ts';
import { eventsOf, isEnd, type InvokeSubject } from '../invoke-subject.ts';

/** One ending, last, and then the stream is over. */
export const invokeEndsOnce: Rule<InvokeSubject> = {
  id: 'http-invoke-sse/ends-once',
  expected: 'exactly one `done` or `error`, the last event, each event followed by an empty line',
  async check(subject) {
    const events = eventsOf(await subject.ask());
    const last = events.at(-1);
    if (events.filter(isEnd).length === 1 && last !== undefined && isEnd(last)) return kept;
    const names = events.map(({ event }) => event).join(', ') || 'none';
    return broken(`events ${names}`, 'end the stream with one `done` or `error`, and an empty line after it');
  },
};
