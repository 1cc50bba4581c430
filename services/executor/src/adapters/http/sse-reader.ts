import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { CallError, passing } from '../../domain/call-failure.ts';
import type { AgentResponse } from './http-connections.ts';
import { httpFailure } from './http-failure.ts';

/** Longest single event, in characters. */
const MAX_EVENT_CHARS = 2 * 1024 * 1024;
/** Time that an agent gets to end its stream after its last event; then the connection is closed. */
const CLOSE_TIMEOUT_MS = 1000;

/**
 * Reads server-sent events until `take` answers true or the stream ends.
 * @throws CallError where it is no event stream or breaks off, and whatever `take` throws.
 */
export async function readEvents(
  { body }: AgentResponse,
  take: (event: EventSourceMessage) => boolean,
  place: string,
  signal: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const events: EventSourceMessage[] = [];
  let broken: Error | undefined;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: (event) => events.push(event),
    // Unknown fields are allowed by the format; only what cannot be gone on from counts.
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') broken = error;
    },
  });
  const chunks = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const chunk = await chunks.next();
      if (chunk.done === true) return;
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      for (const event of events.splice(0)) {
        if (!take(event)) continue;
        letEnd(chunks, body);
        return;
      }
      if (broken !== undefined) throw violation(broken.message, place, broken);
    }
  } catch (error) {
    body.destroy();
    signal.throwIfAborted();
    if (error instanceof CallError) throw error;
    if (error instanceof TypeError) throw violation('the event stream is not UTF-8', place, error);
    throw httpFailure(error, place);
  }
}

/** The answer is complete: what may follow is read and dropped, so that the connection can be used again. */
function letEnd(chunks: AsyncIterator<Buffer>, body: AgentResponse['body']): void {
  const timer = setTimeout(() => body.destroy(), CLOSE_TIMEOUT_MS);
  const drop = async () => {
    while ((await chunks.next()).done !== true);
  };
  drop()
    .catch(() => {})
    .finally(() => clearTimeout(timer));
}

const violation = (message: string, place: string, cause: unknown) =>
  passing('AGENT_PROTOCOL_VIOLATION', { message, place, remedy: 'answer with server-sent events in UTF-8', cause });
