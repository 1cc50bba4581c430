/** Byte strings as one parameter, with where each begins, counted from 1 as SQL does, and how long it is. */
export interface PackedBodies {
  readonly packed: Buffer;
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
}

/** Packs byte strings to be sliced in SQL: arrays of bytea go as hexadecimal text, which is three times slower. */
export function packBodies(bodies: readonly Uint8Array[]): PackedBodies {
  const offsets: number[] = [];
  const lengths: number[] = [];
  let offset = 1;
  for (const { byteLength } of bodies) {
    offsets.push(offset);
    lengths.push(byteLength);
    offset += byteLength;
  }
  return { packed: Buffer.concat(bodies, offset - 1), offsets, lengths };
}
