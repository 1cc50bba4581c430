import type { JsonObject } from '@skein/example-agent-host';

/** A date that a text names. */
export interface NamedDate extends JsonObject {
  /** `YYYY-MM-DD`; null: the text leaves the year or the day open. */
  readonly date: string | null;
  /** As it was written. */
  readonly text: string;
}

const MONTHS = [
  'jan(?:uary|uar)?|enero',
  'feb(?:ruary|ruar)?|febrero',
  'mar(?:ch)?|märz|marzo',
  'apr(?:il)?|abril',
  'may|mai|mayo',
  'june?|juni|junio',
  'july?|juli|julio',
  'aug(?:ust)?|agosto',
  'sep(?:t|tember)?|septiembre',
  'oct(?:ober)?|oktober|okt|octubre',
  'nov(?:ember)?|noviembre',
  'dec(?:ember)?|dezember|dez|diciembre',
];
const MONTH = `(?:${MONTHS.join('|')})`;

const ISO = '(?<![\\d-])(?<y>\\d{4})-(?<m>\\d{2})-(?<d>\\d{2})(?![\\d-])';
const DOTTED = '(?<![\\d.])(?<dd>\\d{1,2})\\.(?<dm>\\d{1,2})\\.(?:(?<dy>\\d{4})|(?!\\d))';
const SLASHED = '(?<![\\d/])(?<s1>\\d{1,2})/(?<s2>\\d{1,2})(?:/(?<sy>\\d{4}))?(?![\\d/])';
const DAY_FIRST = `\\b(?<nd>\\d{1,2})(?:st|nd|rd|th|\\.)?\\s(?:of\\s|de\\s)?(?<nm>${MONTH})\\b(?:\\s(?:de\\s)?(?<ny>\\d{4}))?`;
const MONTH_FIRST = `\\b(?<mm>${MONTH})\\s(?<md>\\d{1,2})(?:st|nd|rd|th)?\\b(?:,?\\s(?<my>\\d{4}))?`;
const MONTH_ALONE = `(?<=\\b(?:for|in|since|de|im|für|seit)\\s)${MONTH}\\b(?:\\s\\d{4})?`;

/** The dates in a text, each once, in the order of the text; `monthFirst` says how to read 03/04. */
export function findDates(text: string, monthFirst: boolean): NamedDate[] {
  const pattern = new RegExp([ISO, DOTTED, SLASHED, DAY_FIRST, MONTH_FIRST, MONTH_ALONE].join('|'), 'giu');
  const found = new Map<string, NamedDate>();
  for (const { 0: written, groups = {} } of text.matchAll(pattern)) {
    const date = calendarDate(partsOf(groups, monthFirst));
    if (date !== undefined && !found.has(date ?? written)) found.set(date ?? written, { date, text: written });
  }
  return [...found.values()];
}

interface DateParts {
  readonly year: number | undefined;
  readonly month: number | undefined;
  readonly day: number | undefined;
}

function partsOf(groups: Readonly<Record<string, string | undefined>>, monthFirst: boolean): DateParts {
  const number = (...names: string[]) => {
    const text = names.map((name) => groups[name]).find((value) => value !== undefined);
    return text === undefined ? undefined : Number(text);
  };
  const [first, second] = [number('s1'), number('s2')];
  // What cannot be a month is the day, whatever the habit.
  const swap = first !== undefined && second !== undefined && (second > 12 || (monthFirst && first <= 12));
  const monthName = groups['nm'] ?? groups['mm'];
  return {
    year: number('y', 'dy', 'sy', 'ny', 'my'),
    month: monthName === undefined ? (number('m', 'dm') ?? (swap ? first : second)) : monthNumber(monthName),
    day: number('d', 'dd', 'nd', 'md') ?? (swap ? second : first),
  };
}

const monthNumber = (name: string): number =>
  MONTHS.findIndex((names) => new RegExp(`^(?:${names})$`, 'iu').test(name)) + 1;

/** The date, null where a part is open, undefined where the calendar has no such day. */
function calendarDate({ year, month, day }: DateParts): string | null | undefined {
  if (month !== undefined && (month < 1 || month > 12)) return undefined;
  if (day !== undefined && (day < 1 || day > 31)) return undefined;
  if (year === undefined || month === undefined || day === undefined) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCDate() === day ? date.toISOString().slice(0, 10) : undefined;
}
