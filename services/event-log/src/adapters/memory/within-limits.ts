import type { ReadLimits } from '../../app/run-event-store.ts';

/** The first rows that the limits allow; one at least. */
export function withinLimits<T extends { readonly body: Uint8Array }>(rows: readonly T[], limits: ReadLimits): T[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => {
    bytes += row.body.byteLength;
    return index > 0 && (index >= limits.maxRows || bytes > limits.maxBytes);
  });
  return end < 0 ? [...rows] : rows.slice(0, end);
}
