/** Several bodies as one binary parameter, cut again in SQL: arrays of bytea would travel as hexadecimal text. */
export interface PackedBodies {
  readonly packed: Buffer;
  /** Where each begins, from 1 as SQL counts. */
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
}

/** Packs bodies in their order. */
export function packBodies(bodies: readonly Uint8Array[]): PackedBodies {
  const lengths = bodies.map((body) => body.byteLength);
  const offsets: number[] = [];
  let next = 1;
  for (const length of lengths) {
    offsets.push(next);
    next += length;
  }
  return { packed: Buffer.concat(bodies, next - 1), offsets, lengths };
}
