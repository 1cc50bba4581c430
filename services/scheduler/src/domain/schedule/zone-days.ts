/** Days of a time zone. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No zone is further from UTC. */
const MOST_AHEAD_MS = 14 * HOUR_MS;

/** Tells days of one zone. */
export class ZoneDays {
  readonly #format: Intl.DateTimeFormat;

  /** @throws RangeError where there is no such zone. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  }

  /** The day at a time, as `2026-12-24`. */
  dayAt(ms: number): string {
    const parts = Object.fromEntries(this.#format.formatToParts(ms).map(({ type, value }) => [type, value]));
    return `${(parts['year'] ?? '').padStart(4, '0')}-${parts['month'] ?? ''}-${parts['day'] ?? ''}`;
  }

  /** The first millisecond after a day. */
  endOf(day: string): number {
    const nextUtcMs = Date.parse(`${day}T00:00:00Z`) + DAY_MS;
    let within = nextUtcMs - MOST_AHEAD_MS - 1;
    let beyond = nextUtcMs + DAY_MS;
    while (beyond - within > 1) {
      const middle = Math.floor((within + beyond) / 2);
      if (this.dayAt(middle) <= day) within = middle;
      else beyond = middle;
    }
    return beyond;
  }
}

/** Whether a text is a day of the calendar, such as `2026-12-24`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
