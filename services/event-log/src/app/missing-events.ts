/**
 * Finds what event-log should have and has not, and fetches it.
 *
 * Owns nothing. G1. What is fetched is stored the way every repair is (RunHistory). G2. Who cannot be asked is an error,
 * not a run without a defect.
 */
import { isTerminal } from '../domain/run-event-facts.ts';
import type { RunKey } from '../domain/run-key.ts';
import { lastEventOf } from '../domain/transition-events.ts';
import { lastSeqOf, type TransitionRecord } from '../domain/transition-record.ts';
import { HistoryLostError, HistoryUnavailableError } from './event-log-errors.ts';
import type { RunHistory } from './run-history.ts';
import { SourceUnavailableError, type RunHistorySource } from './run-history-source.ts';

/** A place after which events are missing. */
export interface Gap {
  readonly run: RunKey;
  /** seq of the last event before it; 0: from the first. */
  readonly afterSeq: number;
}

/** What looking needs. */
export interface MissingEventsParts {
  readonly history: RunHistory;
  readonly source: RunHistorySource;
}

/** Runs asked about at most: open ones that rest are fine, and there may be many. */
const MAX_ASKED = 500;
/** Fetches of one gap: each brings some transitions. */
const MAX_FETCHES = 400;

/** Of the last rows of runs those after which the scheduler has more. @throws HistoryUnavailableError */
export async function endsMissing(
  { source }: MissingEventsParts,
  lastRows: readonly TransitionRecord[],
): Promise<Gap[]> {
  const open = lastRows.filter((record) => !isTerminal(lastEventOf(record))).slice(0, MAX_ASKED);
  const gaps: Gap[] = [];
  for (const record of open) {
    const run = { namespace: record.namespace, runId: record.runId };
    const afterSeq = lastSeqOf(record);
    const known = await ask(source, run, afterSeq);
    if (known !== undefined && known.lastSeq > afterSeq) gaps.push({ run, afterSeq });
  }
  return gaps;
}

/** Fetches what is missing; answers for how many places something came. */
export async function fillGaps({ history }: MissingEventsParts, gaps: readonly Gap[]): Promise<number> {
  let filled = 0;
  for (const { run, afterSeq } of gaps) if (await fill(history, run, afterSeq)) filled += 1;
  return filled;
}

async function fill(history: RunHistory, run: RunKey, afterSeq: number): Promise<boolean> {
  try {
    let seq = afterSeq;
    for (let fetches = 0; fetches < MAX_FETCHES; fetches += 1) {
      if ((await history.catchUp(run, seq)) !== 'added') break;
      const records = await history.read(run, seq);
      const last = records.at(-1);
      if (last === undefined) break;
      seq = lastSeqOf(last);
    }
    return seq > afterSeq;
  } catch (error) {
    if (error instanceof HistoryLostError) return false;
    throw error;
  }
}

async function ask(source: RunHistorySource, run: RunKey, afterSeq: number) {
  try {
    return await source.fetchAfter(run, afterSeq, 1);
  } catch (error) {
    if (!(error instanceof SourceUnavailableError)) throw error;
    throw new HistoryUnavailableError(`nobody says whether run ${run.runId} has more events`, { cause: error });
  }
}
