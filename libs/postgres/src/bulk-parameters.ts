/**
 * Parameters of statements that carry many rows, a column each.
 *
 * pg turns an array into text element by element, with a look at the type of each and two regular expressions over it. The hot
 * statements carry hundreds of elements, of which hardly any needs a quote; here whoever writes a statement says which do.
 */

/** Byte strings as one parameter, and as two columns where each begins in it and how long it is. */
export interface PackedBodies {
  readonly packed: Buffer;
  /** Counted from 1, as SQL does. */
  readonly offsets: string;
  /** Null where there is no body. */
  readonly lengths: string;
}

/** Packs byte strings to be sliced in SQL: arrays of bytea go as hexadecimal text, which is three times slower. */
export function packBodies<Row>(rows: readonly Row[], bodyOf: (row: Row) => Uint8Array | undefined): PackedBodies {
  const bodies = rows.map(bodyOf);
  let end = 1;
  const offsets = plainColumn(bodies, (body) => {
    const offset = end;
    end += body?.byteLength ?? 0;
    return offset;
  });
  const packed = Buffer.concat(
    bodies.filter((body) => body !== undefined),
    end - 1,
  );
  return { packed, offsets, lengths: plainColumn(bodies, (body) => body?.byteLength) };
}

/**
 * A column of what needs no quotes in an array: numbers, booleans, and texts like UUIDs and times of ISO 8601, which are not
 * empty and have nothing but letters, digits and `:.+-`.
 */
export function plainColumn<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => string | number | boolean | null | undefined,
): string {
  let text = '{';
  let comma = '';
  for (const row of rows) {
    text += `${comma}${valueOf(row) ?? 'NULL'}`;
    comma = ',';
  }
  return `${text}}`;
}

/** A column of any texts. */
export function textColumn<Row>(rows: readonly Row[], textOf: (row: Row) => string | null | undefined): string {
  return plainColumn(rows, (row) => {
    const value = textOf(row);
    return value === null || value === undefined ? undefined : quoted(value);
  });
}

const TO_BE_ESCAPED = /["\\]/g;

function quoted(text: string): string {
  return `"${text.replace(TO_BE_ESCAPED, '\\$&')}"`;
}
