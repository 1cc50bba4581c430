/** What the Engine sends of a container's streams, cut into lines with their times. */

/** A line as the Engine stamped it. */
export interface StampedLine {
  /** RFC 3339 with nanoseconds: later ones compare greater as text. */
  readonly stamp: string;
  readonly text: string;
}

const HEADER_BYTES = 8;
/** Of a line without an end; what is shown of one is shorter. */
const MAX_REST_BYTES = 64 * 1024;
const NEWLINE = 10;
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) ?/;

/** Each frame is a byte that names the stream, three zeroes, the length of what follows, and that. */
export async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<StampedLine, void> {
  const rests = new Map<number, Buffer>();
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + pending.readUInt32BE(4);
      if (pending.length < end) break;
      const stream = pending.readUInt8(0);
      const text = Buffer.concat([rests.get(stream) ?? Buffer.alloc(0), pending.subarray(HEADER_BYTES, end)]);
      pending = pending.subarray(end);
      rests.set(stream, yield* wholeLines(text));
    }
  }
  for (const rest of rests.values()) if (rest.length > 0) yield stamped(rest);
}

/** Yields the lines; answers what is left of one that has not ended. */
function* wholeLines(text: Buffer): Generator<StampedLine, Buffer> {
  let start = 0;
  for (let end = text.indexOf(NEWLINE); end !== -1; end = text.indexOf(NEWLINE, start)) {
    yield stamped(text.subarray(start, end));
    start = end + 1;
  }
  const rest = text.subarray(start);
  if (rest.length <= MAX_REST_BYTES) return rest;
  yield stamped(rest);
  return Buffer.alloc(0);
}

function stamped(line: Buffer): StampedLine {
  const text = line.toString('utf8');
  const [whole = '', stamp = ''] = STAMPED.exec(text) ?? [];
  return { stamp, text: text.slice(whole.length) };
}
