/**
 * Changes a `fetch` by what its answers hold.
 *
 * E1. An event that is not JSON ends the stream as a failure of the agent. The library's REST transport writes such events
 *     to the console, whole, and whatever an agent puts there.
 */
import type { JsonValue } from '@bufbuild/protobuf';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { tooLarge } from '../../domain/output-limit.ts';
import { violation } from './a2a-failure.ts';

/** Longest single event, in characters. */
const MAX_EVENT_CHARS = 4 * 1024 * 1024;

/** What becomes of the JSON of an answer, or of each event of a stream. */
export type Change = (value: JsonValue) => JsonValue;

/** E1. */
export function checkedFetch(inner: typeof fetch, place: string): typeof fetch {
  return async (input, init) => changedEvents(await inner(input, init), (value) => value, place);
}

/** An event stream with every event changed; any other answer as it is. */
export function changedEvents(response: Response, change: Change, place: string): Response {
  const contentType = response.headers.get('content-type') ?? '';
  if (response.body === null || !contentType.startsWith('text/event-stream')) return response;
  const { status } = response;
  const events = eventsOf(response.body, change, place);
  return new Response(ReadableStream.from(events), { status, headers: { 'content-type': contentType } });
}

async function* eventsOf(body: AsyncIterable<Uint8Array>, change: Change, place: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const events: EventSourceMessage[] = [];
  let isTooLarge = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: (event) => void events.push(event),
    onError: ({ type }) => void (isTooLarge ||= type === 'max-buffer-size-exceeded'),
  });
  for await (const chunk of body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (isTooLarge) throw tooLarge(place);
    for (const { event, data } of events.splice(0)) {
      const type = event === undefined ? '' : `event: ${event}\n`;
      yield encoder.encode(`${type}data: ${JSON.stringify(change(parsed(data, place)))}\n\n`);
    }
  }
}

function parsed(data: string, place: string): JsonValue {
  try {
    return JSON.parse(data) as JsonValue;
  } catch (cause) {
    throw violation('an event of the agent is not JSON', place, cause);
  }
}
