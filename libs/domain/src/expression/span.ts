import { Duration } from './value.ts';

const NANOS_PER_UNIT: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const PART = /(\d{1,12})(?:\.(\d{1,9}))?(ns|us|µs|ms|s|m|h)/y;
const FRACTION_DIGITS = 9;
const FRACTION_BASE = 10n ** BigInt(FRACTION_DIGITS);

/** Reads a span of time such as `1h30m`, `-2.5s` or `300ms`; undefined where the text is none. */
export function parseSpan(text: string): Duration | undefined {
  const negative = text.startsWith('-');
  let at = negative || text.startsWith('+') ? 1 : 0;
  if (at === text.length || text.length > 100) return undefined;
  let nanos = 0n;
  while (at < text.length) {
    PART.lastIndex = at;
    const part = PART.exec(text);
    if (part === null) return undefined;
    const unit = NANOS_PER_UNIT[part[3] ?? ''] ?? 0n;
    const fraction = BigInt((part[2] ?? '').padEnd(FRACTION_DIGITS, '0'));
    nanos += BigInt(part[1] ?? '0') * unit + (fraction * unit) / FRACTION_BASE;
    at = PART.lastIndex;
  }
  return new Duration(negative ? -nanos : nanos);
}

/** Seconds with as many digits as needed and the unit `s`, as protobuf writes durations in JSON. */
export function formatSpan(span: Duration): string {
  const negative = span.nanos < 0n;
  const nanos = negative ? -span.nanos : span.nanos;
  const fraction = (nanos % FRACTION_BASE).toString().padStart(FRACTION_DIGITS, '0').replace(/0+$/, '');
  const seconds = `${nanos / FRACTION_BASE}${fraction === '' ? '' : `.${fraction}`}s`;
  return negative ? `-${seconds}` : seconds;
}
