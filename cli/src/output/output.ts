/**
 * Where a command's words go.
 *
 * I1. Standard output holds the result alone: text for people, or with `-o json` JSON and nothing else.
 * I2. Progress, hints and errors for people go to standard error; --quiet leaves errors only.
 */
import type { Sink } from '../host.ts';
import { palette, type Palette } from './palette.ts';

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
}

export class Output {
  readonly json: boolean;
  /** Colours for standard output. */
  readonly paint: Palette;
  /** Colours for standard error. */
  readonly paintNote: Palette;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
  readonly #quiet: boolean;

  constructor(stdout: Sink, stderr: Sink, options: OutputOptions) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.json = options.json;
    this.#quiet = options.quiet;
    this.paint = palette(options.color && stdout.isTTY === true && !options.json);
    this.paintNote = palette(options.color && stderr.isTTY === true);
  }

  /** Whether a person reads standard output as it comes. */
  get isTerminal(): boolean {
    return this.#stdout.isTTY === true && !this.json;
  }

  /** One line of a result for people. Nothing with `-o json`. */
  line(text = ''): void {
    if (!this.json) this.#stdout.write(`${text}\n`);
  }

  /** A piece of a result for people, without a line end. Nothing with `-o json`. */
  text(text: string): void {
    if (!this.json) this.#stdout.write(text);
  }

  /** The result as the one JSON document of this command. Only with `-o json`. */
  document(value: unknown): void {
    if (this.json) this.#stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** One item of a stream as a line of JSON. Only with `-o json`. */
  item(value: unknown): void {
    if (this.json) this.#stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** Progress or a hint, for people. */
  note(text: string): void {
    if (!this.#quiet) this.#stderr.write(`${text}\n`);
  }

  /** A piece of streamed text among the progress. */
  noteText(text: string): void {
    if (!this.#quiet) this.#stderr.write(text);
  }

  /** What went wrong, for people; never quiet. */
  error(text: string): void {
    this.#stderr.write(`${text}\n`);
  }
}
