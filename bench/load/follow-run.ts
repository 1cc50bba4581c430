import { request } from 'undici';

/** An event as it came. */
export interface Followed {
  readonly type: string;
  readonly data: { readonly payload?: { readonly text?: string } };
}

/** The events of a run as server-sent events: what is stored, then what happens, until the run has ended. */
export async function* followRun(apiUrl: string, runId: string): AsyncGenerator<Followed, void> {
  const { statusCode, body } = await request(`${apiUrl}/api/v1/runs/${runId}/events`, {
    headers: { accept: 'text/event-stream' },
    bodyTimeout: 0,
  });
  if (statusCode !== 200)
    throw new Error(`the events of run ${runId} were answered ${statusCode} ${await body.text()}`);
  body.setEncoding('utf8');
  let text = '';
  for await (const piece of body) {
    text += String(piece);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = parseBlock(text.slice(0, end));
      text = text.slice(end + 2);
      if (event?.type === 'stream_error')
        throw new Error(`the stream of run ${runId} broke: ${JSON.stringify(event.data)}`);
      if (event) yield event;
    }
  }
}

/** Undefined: a comment, which says that the stream lives. */
function parseBlock(block: string): Followed | undefined {
  const [, type] = /^event: (.*)$/m.exec(block) ?? [];
  const [, data] = /^data: (.*)$/m.exec(block) ?? [];
  if (type === undefined || data === undefined) return undefined;
  return { type, data: JSON.parse(data) as Followed['data'] };
}
