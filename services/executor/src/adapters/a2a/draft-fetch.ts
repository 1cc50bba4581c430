/** A `fetch` that lets the transports of 1.0 speak with servers of the draft. */
import type { JsonValue } from '@bufbuild/protobuf';
import { fromDraft, toDraft } from './draft-dialect.ts';
import { changedEvents } from './event-filter.ts';

export function draftFetch(inner: typeof fetch, place: string): typeof fetch {
  return async (input, init = {}) => {
    const body = typeof init.body === 'string' ? JSON.stringify(toDraft(JSON.parse(init.body) as JsonValue)) : null;
    const response = await inner(input, { ...init, body });
    const contentType = response.headers.get('content-type') ?? '';
    if (contentType.startsWith('text/event-stream')) return changedEvents(response, fromDraft, place);
    const text = await response.text();
    const headers = { 'content-type': contentType };
    return new Response(text === '' ? null : translated(text), { status: response.status, headers });
  };
}

/** What is no JSON is left for the transport to complain of. */
function translated(text: string): string {
  try {
    return JSON.stringify(fromDraft(JSON.parse(text) as JsonValue));
  } catch {
    return text;
  }
}
