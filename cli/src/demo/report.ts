import { RunSchema, RunState } from '@skein/contracts/scheduler';
import type { Output } from '../output/output.ts';
import { plainJson } from '../output/plain-json.ts';
import { table } from '../output/table.ts';
import { spanText } from '../output/time.ts';
import { clip } from '../output/value-text.ts';
import { failureText } from '../watch/node-progress.ts';
import { answerOf, categoryOf } from './answer.ts';
import { isCorrect, type Summary, type TicketResult } from './summary.ts';

const ANSWER_CHARS = 90;
const LONG_ANSWER_CHARS = 240;

/** One line a ticket: what it was taken for, whether that is right, and the answer. */
export function printAnswers(results: readonly TicketResult[], output: Output): void {
  const { good, bad, strong, faint } = output.paint;
  output.line(`\n${strong('Answers')}`);
  const rows = results.map((result) => {
    const { ticket, run } = result;
    const mark = ticket.expectedCategory === '' ? ' ' : isCorrect(result) ? good('✓') : bad('✗');
    const expected =
      isCorrect(result) || ticket.expectedCategory === '' ? '' : faint(` not ${ticket.expectedCategory}`);
    return [ticket.id, `${mark} ${categoryOf(run)}${expected}`, answerText(result, ANSWER_CHARS, output)];
  });
  for (const line of table(['TICKET', '  CATEGORY', 'ANSWER'], rows)) output.line(line);
}

/** The answers that a model drafted, at some length. */
export function printDrafts(results: readonly TicketResult[], output: Output): void {
  output.line(`\n${output.paint.strong('Drafted by a language model (hybrid.yaml)')}`);
  for (const result of results) {
    output.line(
      `${result.ticket.id}  ${categoryOf(result.run).padEnd(9)}  ${answerText(result, LONG_ANSWER_CHARS, output)}`,
    );
  }
}

function answerText({ run }: TicketResult, limit: number, { paint }: Output): string {
  if (run.state !== RunState.DONE) return paint.bad(failureText(run.failure) || 'not done');
  return clip(answerOf(run), limit) || paint.faint('no specialist: a person takes it');
}

/** The numbers, for people. */
export function printSummary(summary: Summary, output: Output): void {
  const { strong, bad } = output.paint;
  const { runs, done, failed, nodes, failed_nodes, judged, correct, accuracy, latency_ms } = summary;
  const count = (number: number, word: string): string => (number === 0 ? `0 ${word}` : bad(`${number} ${word}`));
  output.line(`\n${strong('Summary')}`);
  const rows = [
    ['accuracy', `${(accuracy * 100).toFixed(1)} %  (${correct} of ${judged} tickets classified as expected)`],
    ['runs', `${runs}  (${done} done, ${count(failed, 'failed')})`],
    ['nodes', `${nodes}  (${count(failed_nodes, 'failed')})`],
    ['latency', `p50 ${latency_ms.p50} ms, p90 ${latency_ms.p90} ms, p99 ${latency_ms.p99} ms`],
    ['wall time', `${spanText(summary.wall_ms)}, first run done ${spanText(summary.first_run_ms)} after the start`],
  ];
  for (const [name = '', value = ''] of rows) output.line(`  ${name.padEnd(10)} ${value}`);
}

/** Everything, for scripts. */
export function demoJson(
  apiUrl: string,
  summary: Summary,
  results: readonly TicketResult[],
  drafts: readonly TicketResult[],
): object {
  const entry = (result: TicketResult): object => ({
    ticket: result.ticket.id,
    category: categoryOf(result.run),
    expected_category: result.ticket.expectedCategory,
    answer: answerOf(result.run),
    run: plainJson(RunSchema, result.run),
  });
  return { api_url: apiUrl, summary, results: results.map(entry), drafts: drafts.map(entry) };
}
