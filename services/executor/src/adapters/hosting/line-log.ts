/** Cuts what an instance writes into lines, passes them on, and keeps the last ones. */
const MAX_LINE_LENGTH = 8192;
const KEPT_LINES = 20;
const KEPT_LENGTH = 4096;

export class LineLog {
  readonly #onLine: (line: string, timeMs: number) => void;
  readonly #secrets: readonly string[];
  #last: string[] = [];
  #rest = '';

  /** @param secrets are never passed on nor kept. */
  constructor(onLine: (line: string, timeMs: number) => void, secrets: readonly string[]) {
    this.#onLine = onLine;
    this.#secrets = secrets.filter((secret) => secret.length >= 4);
  }

  /** The last lines, at most 20 and 4,096 characters. */
  get tail(): string {
    return this.#last.join('\n').slice(-KEPT_LENGTH);
  }

  /** Some text, which may end in the middle of a line; it was written now. */
  write(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.line(line, Date.now());
    if (this.#rest.length > MAX_LINE_LENGTH) this.end();
  }

  /** What is left is a line. */
  end(): void {
    if (this.#rest !== '') this.line(this.#rest, Date.now());
    this.#rest = '';
  }

  /** A whole line. */
  line(text: string, timeMs: number): void {
    let shown = text.slice(0, MAX_LINE_LENGTH).trimEnd();
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, '***');
    this.#last = [...this.#last.slice(1 - KEPT_LINES), shown];
    this.#onLine(shown, timeMs);
  }
}
