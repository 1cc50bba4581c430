/**
 * Reads the events of a streamed chat completion.
 *
 * Owns what has been read: chunks with text, the finish reason, the usage, and whether `[DONE]` came.
 */
import { createParser } from 'eventsource-parser';
import type { ProviderEnd } from '../../app/model-provider.ts';
import { errorBodyOf, garbage } from './upstream-failure.ts';
import { ProviderError } from '../../domain/llm-errors.ts';

/** The parts of a chunk, or of a whole completion, that are read. */
interface ChatChunk {
  readonly choices?: ReadonlyArray<{
    readonly delta?: ChatText;
    readonly message?: ChatText;
    readonly finish_reason?: string | null;
  }>;
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null;
}

interface ChatText {
  readonly content?: string | null;
  readonly refusal?: string | null;
}

export class ChatStream {
  readonly #model: string;
  readonly #onDelta: (text: string) => void;
  readonly #parser = createParser({
    onEvent: ({ data }) => this.#take(data),
    onError: (error) => {
      // Fields that nobody knows are to be skipped; a line without any is garbage.
      if (error.type === 'invalid-retry' || error.line?.includes(':') === true) return;
      this.#fault ??= garbage(this.#model, 'sends something that is no event stream', error);
    },
  });
  #fault: ProviderError | undefined;
  #done = false;
  #refused = false;
  #finishReason = '';
  #inputTokens = 0;
  #outputTokens = 0;

  constructor(model: string, onDelta: (text: string) => void) {
    this.#model = model;
    this.#onDelta = onDelta;
  }

  /** Whether `[DONE]` has come. */
  get isDone(): boolean {
    return this.#done;
  }

  /** A piece of the body. @throws ProviderError when it holds an error, or garbage. */
  feed(text: string): void {
    this.#parser.feed(text);
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** A whole answer in one JSON value, from a server that does not stream. @throws ProviderError. */
  feedWhole(json: string): void {
    this.#take(json);
    this.#done = true;
    if (this.#fault !== undefined) throw this.#fault;
  }

  /** What the answer ended with. @throws ProviderError when it broke off. */
  end(): ProviderEnd {
    if (!this.#done && this.#finishReason === '') throw garbage(this.#model, 'ended its stream in the middle');
    const finishReason = this.#refused ? 'refusal' : this.#finishReason || 'stop';
    return { finishReason, inputTokens: this.#inputTokens, outputTokens: this.#outputTokens };
  }

  #take(data: string): void {
    if (this.#fault !== undefined || this.#done) return;
    if (data.trim() === '[DONE]') {
      this.#done = true;
      return;
    }
    try {
      this.#read(JSON.parse(data) as unknown);
    } catch (error) {
      this.#fault =
        error instanceof ProviderError ? error : garbage(this.#model, 'sends an event that is no chunk', error);
    }
  }

  #read(json: unknown): void {
    const error = errorBodyOf(json);
    if (error !== undefined) throw this.#failureInStream(error.message ?? 'an error without a message', error.type);
    if (typeof json !== 'object' || json === null) throw new TypeError('a chunk must be an object');
    const { choices = [], usage } = json as ChatChunk;
    const choice = choices[0];
    const { content, refusal } = choice?.delta ?? choice?.message ?? {};
    if (typeof content === 'string' && content !== '') this.#onDelta(content);
    if (typeof refusal === 'string' && refusal !== '') {
      this.#refused = true;
      this.#onDelta(refusal);
    }
    if (typeof choice?.finish_reason === 'string') this.#finishReason = choice.finish_reason;
    this.#inputTokens = count(usage?.prompt_tokens) ?? this.#inputTokens;
    this.#outputTokens = count(usage?.completion_tokens) ?? this.#outputTokens;
  }

  #failureInStream(message: string, type: string | undefined): ProviderError {
    return new ProviderError(`${this.#model} breaks off: ${message.slice(0, 1000)}`, {
      retryable: type !== 'invalid_request_error',
      place: this.#model,
      remedy: 'ask again',
    });
  }
}

const count = (value: number | undefined): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
