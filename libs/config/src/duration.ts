import { ValueProblem } from './variable.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MEND = 'write a number of milliseconds such as 5000, or a number with a unit: 250ms, 5s, 2m, 1h, 1d';

/** "5000", "5s", "1.5m" to whole milliseconds. Throws `ValueProblem`. */
export function parseDurationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.toLowerCase());
  const factor = match?.[2] === '' ? 1 : UNIT_MS[match?.[2] ?? ''];
  if (!match || factor === undefined) throw new ValueProblem('is not a duration', MEND);
  const durationMs = Math.round(Number(match[1]) * factor);
  if (!Number.isSafeInteger(durationMs)) throw new ValueProblem('is too long', MEND);
  return durationMs;
}

/** Whole milliseconds in the largest unit that shows them exactly: 5000 is "5s". */
export function showDuration(durationMs: number): string {
  const units = Object.entries(UNIT_MS).toReversed();
  const fitting = units.find(([, factor]) => durationMs !== 0 && durationMs % factor === 0);
  return fitting ? `${durationMs / fitting[1]}${fitting[0]}` : `${durationMs}ms`;
}
