/**
 * Text on its way to a reader.
 *
 * Owns what the reader has not taken yet: a slow one gets several deltas as one, so that nothing queues but the text.
 */
export class DeltaBuffer {
  #text = '';
  #ended = false;
  #wake = Promise.withResolvers<void>();

  add(text: string): void {
    this.#text += text;
    this.#wake.resolve();
  }

  /** No more text comes. */
  end(): void {
    this.#ended = true;
    this.#wake.resolve();
  }

  /** The text in pieces, until its end. */
  async *texts(): AsyncGenerator<string, void, undefined> {
    for (;;) {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
      const text = this.#text;
      this.#text = '';
      if (text !== '') yield text;
      if (this.#ended && this.#text === '') return;
      if (this.#ended || this.#text !== '') this.#wake.resolve();
    }
  }
}
