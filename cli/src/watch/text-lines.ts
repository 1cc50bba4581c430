/**
 * Streamed text of many nodes at once, cut into lines so that it can be read beside other lines.
 *
 * I1. A line is handed out when it is whole: at a line break, or at a word's end once it is long enough.
 */
export class TextLines {
  readonly #held = new Map<string, string>();
  readonly #widthChars: number;

  constructor(widthChars: number) {
    this.#widthChars = widthChars;
  }

  /** Adds text of `source` and returns the lines that are whole now. */
  add(source: string, text: string): string[] {
    const pieces = `${this.#held.get(source) ?? ''}${text}`.split('\n').flatMap((line) => fold(line, this.#widthChars));
    this.#held.set(source, pieces.pop() ?? '');
    return pieces.filter((line) => line.trim() !== '');
  }

  /** Forgets what is held back of `source`: a newer dispatch says it again. */
  reset(source: string): void {
    this.#held.delete(source);
  }

  /** What is left of `source` at its end. */
  flush(source: string): string[] {
    const rest = this.#held.get(source) ?? '';
    this.#held.delete(source);
    return rest.trim() === '' ? [] : [rest];
  }
}

/** Cuts at spaces; a word longer than the line stays whole. */
function fold(line: string, widthChars: number): string[] {
  const cut = line.length > widthChars ? line.lastIndexOf(' ', widthChars) : -1;
  return cut <= 0 ? [line] : [line.slice(0, cut), ...fold(line.slice(cut + 1), widthChars)];
}
