import { describeHttpAnswer, isSuccess } from '../../http/http-subject.ts';
import { broken, kept, type Rule } from '../../rule.ts';
import { eventsOf, type InvokeSubject } from '../invoke-subject.ts';

/** The answer is one that the platform can read. */
export const streamsEvents: Rule<InvokeSubject> = {
  id: 'http-invoke-sse/streams-events',
  expected: 'POST /invoke answers 2xx, text/event-stream, in UTF-8, and the data of its events are JSON objects',
  async check(subject) {
    const answer = await subject.ask();
    if (!isSuccess(answer) || !answer.contentType.startsWith('text/event-stream')) {
      return broken(describeHttpAnswer(answer), 'answer with `content-type: text/event-stream`');
    }
    if (answer.text.includes('\uFFFD')) return broken('bytes that are not UTF-8', 'write the events in UTF-8');
    const wrong = eventsOf(answer).find(({ data }) => data === undefined);
    if (wrong === undefined) return kept;
    return broken(`the data of event ${wrong.event}: ${wrong.text.slice(0, 200)}`, 'write a JSON object on one line');
  },
};
