const SURROGATE = /[\uD800-\uDFFF]/;

/** A text by code points: the text itself where every code point is one UTF-16 unit, else a list. */
export function pointsOf(value: string): string | string[] {
  return SURROGATE.test(value) ? Array.from(value) : value;
}

/** A position from 0 to the length, as a number; undefined outside. */
export function asIndex(position: bigint, length: number): number | undefined {
  return position < 0n || position > BigInt(length) ? undefined : Number(position);
}
