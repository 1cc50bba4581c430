/** A session: one set, one round after the other, and the report of them all. */
import { deletedRuns } from './checker/deletions.ts';
import { finalStates, laterChanges, returned, type FinalState } from './checker/finality.ts';
import type { Violation } from './checker/history.ts';
import { FAULTS } from './faults/catalogue.ts';
import { planRound, planSequence, type RoundPlan } from './faults/plan.ts';
import type { Options } from './options.ts';
import { renderReport, reportRound, type RoundReport } from './report/report.ts';
import { playRound } from './round.ts';
import { startChaosSet } from './set/chaos-set.ts';

export interface SessionResult {
  readonly report: string;
  /** Whether every promise was kept. */
  readonly ok: boolean;
}

/** Told what happens, line by line. */
export type Tell = (line: string) => void;

/** Rounds of a seed until the time is over. `logsPath`: where the logs of the set go if a promise is broken. */
export async function runSession(options: Options, logsPath: string, tell: Tell): Promise<SessionResult> {
  const { seed, size, runs, timeMs, onlyRound } = options;
  const startedAt = new Date();
  await using set = await startChaosSet(size, {
    smallDisk: options.kinds.some(({ needs }) => needs === 'a small disk'),
  });
  const kinds = options.kinds.filter(({ needs }) => needs === undefined || set.disk !== undefined);
  const leftOut = options.kinds.filter((kind) => !kinds.includes(kind)).map(({ name }) => name);
  if (kinds.length === 0) throw new Error(`none of these faults can be done here: ${leftOut.join(' ')}`);
  const rounds: RoundReport[] = [];
  const ended = new Map<string, FinalState>();
  for (let round = onlyRound ?? 0; ; round += 1) {
    const plan: RoundPlan = (options.inTurn ? planSequence : planRound)({ seed, round, kinds, size, runs });
    tell(`round ${round}: ${plan.faults.map(({ fault }) => fault.text).join('; ')}`);
    const result = await playRound(set, plan);
    const report = reportRound(result);
    rounds.push(report);
    for (const [runId, state] of finalStates(result.history)) ended.set(runId, state);
    const seconds = ((result.endedAtMs - result.startedAtMs) / 1000).toFixed(1);
    tell(`  ${report.failed ? `${result.violations.length} VIOLATIONS` : 'kept'} (${seconds} s)`);
    for (const { rule, runId = '', text } of result.violations.slice(0, 5)) tell(`  ${rule} ${runId}: ${text}`);
    if (onlyRound !== undefined || Date.now() - startedAt.getTime() > timeMs) break;
  }
  const changedLater: readonly Violation[] = [
    ...(await laterChanges(set.sql, ended)),
    ...returned(await deletedRuns(set.sql)),
  ];
  const ok = changedLater.length === 0 && rounds.every(({ failed }) => !failed);
  if (!ok) {
    await set.saveLogs(logsPath);
    tell(`the logs of the set are in ${logsPath}`);
  }
  const replay = (round: number): string => `npm run chaos -- ${replayArguments(options, round)}`;
  return { report: renderReport({ seed, size, startedAt, leftOut, rounds, changedLater, replay }), ok };
}

/** The arguments that play a round again. */
export function replayArguments({ seed, kinds, size, runs, inTurn }: Options, round: number): string {
  const isAll = FAULTS.every((kind) => kinds.includes(kind));
  return [
    `--seed ${seed} --round ${round} --runs ${runs} --schedulers ${size.schedulers} --executors ${size.executors}`,
    ...(isAll ? [] : [`--faults ${kinds.map(({ name }) => name).join(',')}`]),
    ...(inTurn ? ['--in-turn'] : []),
  ].join(' ');
}
