import { styleText } from 'node:util';

type Paint = (text: string) => string;

/** The few colours in use, by what they mean. */
export interface Palette {
  readonly good: Paint;
  readonly bad: Paint;
  readonly busy: Paint;
  readonly faint: Paint;
  readonly strong: Paint;
}

const plain: Paint = (text) => text;

/** Without colour every paint leaves its text alone. */
export function palette(enabled: boolean): Palette {
  const paint = (format: Parameters<typeof styleText>[0]): Paint =>
    enabled ? (text) => (text === '' ? '' : styleText(format, text, { validateStream: false })) : plain;
  return { good: paint('green'), bad: paint('red'), busy: paint('cyan'), faint: paint('dim'), strong: paint('bold') };
}

/** A state of a run, a node, an instance or a service in its colour, as wide as `width` at least. */
export function paintState(state: string, { good, bad, busy, faint }: Palette, width = 0): string {
  const padded = state.padEnd(width);
  if (/^(DONE|SUCCEEDED|HEALTHY|READY|OK)$/i.test(state)) return good(padded);
  if (/^(FAILED|TERMINATED|UNHEALTHY|NOT READY|DEAD)$/i.test(state)) return bad(padded);
  return /^(CANCELLED|SKIPPED|PENDING)$/.test(state) ? faint(padded) : busy(padded);
}
