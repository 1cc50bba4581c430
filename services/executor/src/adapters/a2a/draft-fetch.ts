/** A `fetch` that lets the transports of 1.0 speak with servers of the draft. */
import type { JsonValue } from '@bufbuild/protobuf';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { fromDraft, toDraft } from './draft-dialect.ts';

/** Longest single event, in characters. */
const MAX_EVENT_CHARS = 4 * 1024 * 1024;

export function draftFetch(inner: typeof fetch): typeof fetch {
  return async (input, init = {}) => {
    const body = typeof init.body === 'string' ? JSON.stringify(toDraft(JSON.parse(init.body) as JsonValue)) : null;
    const response = await inner(input, { ...init, body });
    const contentType = response.headers.get('content-type') ?? '';
    const { status } = response;
    const headers = { 'content-type': contentType };
    if (response.body !== null && contentType.startsWith('text/event-stream')) {
      return new Response(ReadableStream.from(eventsOf(response.body)), { status, headers });
    }
    const text = await response.text();
    return new Response(text === '' ? null : translated(text), { status, headers });
  };
}

async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const events: EventSourceMessage[] = [];
  const parser = createParser({ maxBufferSize: MAX_EVENT_CHARS, onEvent: (event) => void events.push(event) });
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    for (const { event, data } of events.splice(0)) {
      const type = event === undefined ? '' : `event: ${event}\n`;
      yield encoder.encode(`${type}data: ${translated(data)}\n\n`);
    }
  }
}

/** What is no JSON is left for the transport to complain of. */
function translated(text: string): string {
  try {
    return JSON.stringify(fromDraft(JSON.parse(text) as JsonValue));
  } catch {
    return text.replaceAll(/\r?\n/g, ' ');
  }
}
