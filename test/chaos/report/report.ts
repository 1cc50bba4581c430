/** The report of a session, as Markdown for people. */
import { RULES } from '../checker/check.ts';
import type { Violation } from '../checker/history.ts';
import type { SetSize } from '../set/layout.ts';
import type { RoundResult } from '../round.ts';
import { figuresOf, type RoundFigures } from './figures.ts';
import { runHistory, seconds } from './run-history.ts';

/** A round as the report keeps it: the rest of it is too much to keep of many. */
export interface RoundReport {
  readonly round: number;
  readonly failed: boolean;
  readonly text: string;
  readonly figures: RoundFigures;
  readonly faults: readonly { readonly kind: string; readonly text: string }[];
}

export interface SessionReport {
  readonly seed: number;
  readonly size: SetSize;
  readonly startedAt: Date;
  /** Kinds that were left out because this machine, or this user, cannot do them. */
  readonly leftOut: readonly string[];
  readonly rounds: readonly RoundReport[];
  /** Ends that changed, and deleted runs that came back, after their round was over. */
  readonly changedLater: readonly Violation[];
  /** How to play a round again. */
  readonly replay: (round: number) => string;
}

const SHOWN_VIOLATIONS = 20;
const SHOWN_HISTORIES = 3;

/** What is kept of a round. */
export function reportRound(result: RoundResult): RoundReport {
  const { plan, violations, faults } = result;
  const figures = figuresOf(result);
  const lines = [
    `## Round ${plan.round}: ${faults.map(({ kind }) => kind).join(', ')}`,
    '',
    violations.length === 0 ? 'Every promise was kept.' : `**${violations.length} violations.**`,
    '',
    ...faultLines(result, figures),
    '',
    ...figureLines(figures),
    ...violationLines(result),
  ];
  return { round: plan.round, failed: violations.length > 0, text: lines.join('\n'), figures, faults };
}

/** The whole report. */
export function renderReport(session: SessionReport): string {
  const { seed, size, startedAt, rounds, leftOut, changedLater } = session;
  const failed = rounds.filter((round) => round.failed);
  const verdict =
    failed.length === 0 && changedLater.length === 0
      ? `Every promise was kept in ${rounds.length} rounds.`
      : `**${failed.length} of ${rounds.length} rounds broke a promise: ${failed.map(({ round }) => round).join(', ')}.**`;
  return [
    `# Chaos, seed ${seed}`,
    '',
    verdict,
    '',
    `Started at ${startedAt.toISOString()}. The set: ${size.schedulers} schedulers, ${size.executors} executors, one registry, llm-proxy,`,
    'event-log and gateway, each a process; Postgres and nats-server of its own; agents in a process of their own.',
    ...(leftOut.length === 0 ? [] : ['', `Left out, for want of a small disk (needs root): ${leftOut.join(', ')}.`]),
    ...(failed.length === 0
      ? []
      : ['', 'To play a failed round again:', '', ...failed.map(({ round }) => `    ${session.replay(round)}`)]),
    '',
    '## Summary',
    '',
    ...summaryLines(rounds),
    '',
    '## What was checked',
    '',
    ...RULES.map(({ name, promise }) => `- **${name}**: ${promise}.`),
    ...(changedLater.length === 0
      ? []
      : ['', '## Ends that changed later', '', ...changedLater.map(({ text }) => `- ${text}`)]),
    '',
    ...rounds.map(({ text }) => text),
    '',
  ].join('\n');
}

function summaryLines(rounds: readonly RoundReport[]): string[] {
  return [
    '| round | fault | recovery, s | longest without a holder, s | longest wait for an acknowledgement, s | runs | calls | verdict |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rounds.map(({ round, faults, figures, failed }) => {
      const { recoveryMs, longestGapMs, longestAckMs, runs, calls } = figures;
      const recovery = recoveryMs.map((ms) => (ms / 1000).toFixed(1)).join(', ');
      const times = [longestGapMs, longestAckMs].map((ms) => (ms / 1000).toFixed(1)).join(' | ');
      const kinds = faults.map(({ kind }) => kind).join(', ');
      return `| ${round} | ${kinds} | ${recovery} | ${times} | ${runs} | ${calls} | ${failed ? '**broken**' : 'kept'} |`;
    }),
  ];
}

function faultLines({ faults, startedAtMs }: RoundResult, { recoveryMs }: RoundFigures): string[] {
  return [
    '| from, s | whole again, s | recovery, s | fault |',
    '| --- | --- | --- | --- |',
    ...faults.map(({ fromMs, toMs, text }, index) => {
      const recovered = recoveryMs[index] ?? 0;
      const recovery = recovered === 0 ? 'not noticed' : (recovered / 1000).toFixed(1);
      return `| ${seconds(fromMs - startedAtMs).trim()} | ${seconds(toMs - startedAtMs).trim()} | ${recovery} | ${text} |`;
    }),
  ];
}

function figureLines(figures: RoundFigures): string[] {
  const { runs, byState, events, calls, repeatedCalls, retries, unanswered, deeds } = figures;
  return [
    `- ${runs} runs (${countText(byState)}), ${events} events, ${calls} calls of agents`,
    `- calls: ${countText(repeatedCalls)}`,
    `- retries, by the failure before: ${countText(retries)}`,
    `- requests without an answer, repeated: ${countText(unanswered)}`,
    `- besides: ${countText(deeds)}`,
    `- longest time without a holder: ${Math.round(figures.longestGapMs)} ms; longest wait for an acknowledgement: ${Math.round(figures.longestAckMs)} ms`,
  ];
}

function countText(counts: ReadonlyMap<string, number>): string {
  return counts.size === 0 ? 'none' : [...counts].map(([word, count]) => `${word} ${count}`).join(', ');
}

function violationLines(result: RoundResult): string[] {
  const { violations } = result;
  if (violations.length === 0) return [''];
  const shown = violations.slice(0, SHOWN_VIOLATIONS);
  const more = violations.length - shown.length;
  const runIds = [...new Set(violations.flatMap(({ runId }) => runId ?? []))].slice(0, SHOWN_HISTORIES);
  return [
    '',
    ...shown.map(({ rule, runId, text }) => `- **${rule}** ${runId ?? ''}: ${text}`),
    ...(more > 0 ? [`- … and ${more} more`] : []),
    ...runIds.flatMap((runId) => ['', `Run ${runId}:`, '', '```', ...runHistory(result, runId), '```']),
    '',
  ];
}
