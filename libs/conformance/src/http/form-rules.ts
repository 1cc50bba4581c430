/** Rules that every form of HTTP has, under the name of the form. */
import { broken, kept, skipped, type Rule } from '../rule.ts';
import { describeHttpAnswer, isSuccess, type HttpAnswer, type HttpSubject } from './http-subject.ts';

/** A form of HTTP, and how it is asked. */
export interface HttpForm<Subject extends HttpSubject> {
  /** Such as `http-process`: the beginning of its rules' ids. */
  readonly name: string;
  /** Such as `process`. */
  readonly path: string;
  /** Asks as the platform does; with the ordinary input, unless there is another. */
  readonly ask: (subject: Subject, input?: string, signal?: AbortSignal) => Promise<HttpAnswer>;
  /** Whether an answer is one that the platform reads, be it a failure. */
  readonly isReadable: (answer: HttpAnswer) => boolean;
}

const HEALTH_LIMIT_MS = 1000;
const ABSENT: ReadonlySet<number> = new Set([404, 405, 501]);
/** Of the largest text of the platform, in bytes. */
const LARGE_BYTES = 1024 * 1024 - 2;
const CUTS = 5;

/** The probe is quick. */
export const healthRule = (form: string): Rule<HttpSubject> => ({
  id: `${form}/health`,
  expected: `GET /health answers 2xx within ${HEALTH_LIMIT_MS} ms, where there is one`,
  async check(subject) {
    const startedAt = performance.now();
    const response = await fetch(subject.url('health'), { signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    const tookMs = Math.round(performance.now() - startedAt);
    if (ABSENT.has(response.status)) return skipped('it has no /health');
    if (!response.ok) return broken(`status ${response.status}`, 'answer 2xx while the agent takes calls');
    if (tookMs <= HEALTH_LIMIT_MS) return kept;
    return broken(`it took ${tookMs} ms`, 'answer from memory; look at dependencies in the background');
  },
});

/** What is no request is refused for good. */
export const refusesGarbageRule = (form: string, path: string): Rule<HttpSubject> => ({
  id: `${form}/refuses-garbage`,
  expected: 'a body that is not JSON is answered 4xx: 5xx would be tried again',
  async check(subject) {
    const answer = await subject.post(path, '{"input": ');
    if (answer.status >= 400 && answer.status < 500) return kept;
    return broken(describeHttpAnswer(answer), 'answer 400 where the body cannot be read');
  },
});

/** The largest input of the platform arrives. */
export const largeInputRule = <Subject extends HttpSubject>(form: HttpForm<Subject>): Rule<Subject> => ({
  id: `${form.name}/large-input`,
  expected: 'a text of 1 MiB is answered with an answer or a refusal, not 413, not 5xx and not a broken connection',
  async check(subject) {
    const answer = await form.ask(subject, 'x'.repeat(LARGE_BYTES));
    const isRefusal = answer.status >= 400 && answer.status < 500 && answer.status !== 413 && answer.body !== undefined;
    if (isRefusal || (isSuccess(answer) && form.isReadable(answer))) return kept;
    const mend = 'let the server take bodies of 4 MiB; refuse texts that are too long with 422 and a JSON object';
    return broken(describeHttpAnswer(answer), mend);
  },
});

/** Callers that leave hurt nobody else. */
export const survivesCutCallsRule = <Subject extends HttpSubject>(form: HttpForm<Subject>): Rule<Subject> => ({
  id: `${form.name}/survives-cut-calls`,
  expected: `after ${CUTS} calls whose connection was closed the next one is answered`,
  async check(subject) {
    const cuts = Array.from({ length: CUTS }, (_, at) =>
      // How a cut call ends is of no interest.
      form.ask(subject, undefined, AbortSignal.timeout(1 + at * 5)).catch(() => undefined),
    );
    await Promise.all(cuts);
    const answer = await form.ask(subject);
    if (answer.status < 500 && form.isReadable(answer)) return kept;
    return broken(describeHttpAnswer(answer), 'treat a closed connection as the end of its call alone');
  },
});
