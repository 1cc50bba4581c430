/** Cron expressions, as croner reads them; this is the one place that knows it. */
import { Cron } from 'croner';

/** Times of one expression in one zone. */
export interface CronTimes {
  /** The first time after this one, in milliseconds since 1970; undefined: there is none. */
  after(ms: number): number | undefined;
  /** Whether the expression names this second; one without a field for the second names the whole minute. */
  names(ms: number): boolean;
}

const NICKNAME = /^@(yearly|annually|monthly|weekly|daily|hourly)$/i;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/**
 * Reads an expression of five fields, of six with the second first, or a nickname such as `@daily`.
 * @throws Error that says what is wrong with it.
 */
export function cronTimes(expression: string, timeZone: string): CronTimes {
  const text = expression.trim();
  const fieldCount = text.split(/\s+/).length;
  // Anything else croner might take for a point in time.
  if (!NICKNAME.test(text) && fieldCount !== 5 && fieldCount !== 6) {
    throw new Error('a cron expression has five fields, or six with the second first');
  }
  const cron = new Cron(text, { timezone: timeZone, paused: true, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' });
  const unitMs = fieldCount === 6 ? SECOND_MS : MINUTE_MS;
  return {
    after: (ms) => cron.nextRun(new Date(ms))?.getTime(),
    names: (ms) => cron.match(new Date(Math.floor(ms / unitMs) * unitMs)),
  };
}

/** What croner says of an expression that it refuses, without its own name. */
export function cronProblem(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^Cron\w*: /, '') : String(error);
}
