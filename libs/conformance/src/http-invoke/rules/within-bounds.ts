import { broken, kept, type Rule } from '../../rule.ts';
import { eventsOf, type InvokeSubject } from '../invoke-subject.ts';

const MAX_EVENT_CHARACTERS = 2 * 1024 * 1024;
const MAX_STREAMED_BYTES = 4 * 1024 * 1024;
const MAX_ANSWER_BYTES = 1024 * 1024;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** What is streamed and answered is within the bounds of the platform. */
export const invokeWithinBounds: Rule<InvokeSubject> = {
  id: 'http-invoke-sse/within-bounds',
  expected:
    'events of at most 2 Mi characters, 4 MiB of deltas in one call, answers of 1 MiB, error codes in UPPER_SNAKE_CASE',
  async check(subject) {
    const events = eventsOf(await subject.ask());
    const longest = Math.max(0, ...events.map(({ text }) => text.length));
    if (longest > MAX_EVENT_CHARACTERS) return broken(`an event of ${longest} characters`, 'cut it into several');
    const streamedBytes = events.reduce(
      (sum, { event, data }) => sum + (event === 'delta' ? sizeOf(data?.['text']) : 0),
      0,
    );
    if (streamedBytes > MAX_STREAMED_BYTES) return broken(`${streamedBytes} bytes of deltas`, 'stream less');
    const last = events.at(-1);
    const answerBytes = sizeOf(last?.data?.['final_message']);
    if (last?.event === 'done' && answerBytes > MAX_ANSWER_BYTES) {
      return broken(`a final_message of ${answerBytes} bytes`, 'answer less, or where it can be read');
    }
    const code = last?.event === 'error' ? last.data?.['code'] : undefined;
    if (code === undefined || (typeof code === 'string' && CODE.test(code))) return kept;
    return broken(`the code ${JSON.stringify(code)}`, 'give errors a stable code such as INVALID_INPUT');
  },
};

const sizeOf = (value: unknown): number =>
  Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value ?? ''));
