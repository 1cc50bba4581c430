/**
 * Models behind an OpenAI-compatible address.
 *
 * Owns a pool of connections to it. The key is sent in the header of each request and nowhere else: what the upstream
 * says is cleared of it before anybody reads it.
 */
import type { Secret } from '@skein/config';
import { Agent, request, type Dispatcher } from 'undici';
import type { ModelProvider, ProviderEnd } from '../../app/model-provider.ts';
import { ProviderError } from '../../domain/llm-errors.ts';
import type { Question } from '../../domain/question.ts';
import { chatRequest, type MaxTokensName } from './chat-request.ts';
import { ChatStream } from './chat-stream.ts';
import {
  connectionFailure,
  errorBodyOf,
  garbage,
  retryAfterMsOf,
  statusFailure,
  type UpstreamErrorBody,
} from './upstream-failure.ts';

/** How the upstream is reached. */
export interface OpenAiOptions {
  /** Such as `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Undefined: the upstream asks for none. */
  readonly apiKey: Secret | undefined;
  /** Names of the models to offer. */
  readonly models: readonly string[];
  /** Most connections at a time; default 128. */
  readonly connections?: number;
}

const KEEP_ALIVE_MS = 60_000;
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_WHOLE_BYTES = 16 * 1024 * 1024;

/** A provider named `openai`. */
export function openAiProvider(options: OpenAiOptions): ModelProvider {
  const { baseUrl, apiKey, connections = 128 } = options;
  // Our own timeout ends a call; a model may think for as long as that allows.
  const dispatcher = new Agent({ connections, keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: 0, bodyTimeout: 0 });
  const url = `${baseUrl.replace(/\/+$/, '')}/chat/completions`;
  const maxTokensNames = new Map<string, MaxTokensName>();

  const post = (body: string, signal: AbortSignal) =>
    request(url, {
      dispatcher,
      method: 'POST',
      signal,
      body,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream, application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey.reveal()}` }),
      },
    });

  const ask = async (
    model: string,
    question: Question,
    onDelta: (text: string) => void,
    signal: AbortSignal,
  ): Promise<ProviderEnd> => {
    const name = `openai/${model}`;
    const tokensName = maxTokensNames.get(model) ?? 'max_tokens';
    const response = await post(chatRequest(model, question, tokensName), signal);
    if (response.statusCode === 200) return readAnswer(name, response, onDelta);
    const error = await errorIn(response);
    if (tokensName === 'max_tokens' && error?.param === 'max_tokens' && error.code === 'unsupported_parameter') {
      maxTokensNames.set(model, 'max_completion_tokens');
      return ask(model, question, onDelta, signal);
    }
    throw statusFailure(name, response.statusCode, error, retryAfterMsOf(response.headers));
  };

  return {
    name: 'openai',
    telemetryName: 'openai',
    models: options.models.map((name) => ({ name, description: `${name} at ${new URL(baseUrl).host}.` })),
    async ask(model, question, onDelta, signal) {
      try {
        return await ask(model, question, onDelta, signal);
      } catch (error) {
        signal.throwIfAborted();
        const failure = error instanceof ProviderError ? error : connectionFailure(`openai/${model}`, error);
        throw withoutSecret(failure, apiKey);
      }
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
}

async function readAnswer(
  name: string,
  { headers, body }: Dispatcher.ResponseData,
  onDelta: (text: string) => void,
): Promise<ProviderEnd> {
  const stream = new ChatStream(name, onDelta);
  const type = String(headers['content-type'] ?? '');
  if (type.startsWith('application/json')) {
    stream.feedWhole(await textUpTo(body, MAX_WHOLE_BYTES));
    return stream.end();
  }
  if (!type.startsWith('text/event-stream')) {
    await body.dump();
    throw garbage(name, `answers ${type === '' ? 'without a content type' : type} instead of an event stream`);
  }
  const decoder = new TextDecoder();
  // Leaving the loop early closes the connection, so that nothing more is written for us.
  for await (const chunk of body) {
    stream.feed(decoder.decode(chunk as Buffer, { stream: true }));
    if (stream.isDone) break;
  }
  return stream.end();
}

async function errorIn({ body }: Dispatcher.ResponseData): Promise<UpstreamErrorBody | undefined> {
  const text = await textUpTo(body, MAX_ERROR_BYTES);
  try {
    return errorBodyOf(JSON.parse(text));
  } catch {
    return text.trim() === '' ? undefined : { message: text.trim().slice(0, 200) };
  }
}

/** The beginning of a body; reading stops at the limit. */
async function textUpTo(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) break;
  }
  return Buffer.concat(chunks).toString();
}

/** An upstream may repeat the key in its complaint about it. */
function withoutSecret(error: ProviderError, apiKey: Secret | undefined): ProviderError {
  const key = apiKey?.reveal() ?? '';
  if (key === '' || !error.message.includes(key)) return error;
  const { cause: _cause, ...failure } = error.failure;
  return new ProviderError(error.message.replaceAll(key, '[secret]'), failure);
}
