/** An event as it came over the wire. */
export interface SseEvent {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly [key: string]: unknown };
}

/** Reads server-sent events and comments of a response, block by block, until its end. */
export async function* readSse(response: Response): AsyncGenerator<SseEvent | { readonly comment: string }, void> {
  let text = '';
  for await (const chunk of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      yield parseBlock(text.slice(0, end));
      text = text.slice(end + 2);
    }
  }
}

function parseBlock(block: string): SseEvent | { readonly comment: string } {
  if (block.startsWith(':')) return { comment: block.slice(1).trim() };
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  return {
    id: fields.get('id') ?? '',
    event: fields.get('event') ?? '',
    data: JSON.parse(fields.get('data') ?? 'null') as SseEvent['data'],
  };
}
