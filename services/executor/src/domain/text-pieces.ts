/** Largest text of one task event, in UTF-8 bytes: what the contract allows. */
export const MAX_DELTA_BYTES = 256 * 1024;

// A UTF-16 unit takes at most three bytes, so a piece of this length always fits.
const PIECE_UNITS = Math.floor(MAX_DELTA_BYTES / 3);

/** Cuts a text into pieces of at most MAX_DELTA_BYTES, never through a character. */
export function textPieces(text: string, sizeBytes: number): readonly string[] {
  if (sizeBytes <= MAX_DELTA_BYTES) return [text];
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + PIECE_UNITS, text.length);
    if (end < text.length && endsInHalfCharacter(text.slice(start, end))) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/** Whether the text ends with the first half of a character that needs two UTF-16 units. */
export function endsInHalfCharacter(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
