/** One event of a stream that has ended. */
export interface ServerSentEvent {
  /** Default: `message`. */
  readonly event: string;
  readonly data: string;
}

/** The events of a text/event-stream. One that no empty line ends is none, as the format has it. */
export function serverSentEvents(text: string): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  let event = '';
  let data: string[] = [];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (line === '') {
      if (data.length > 0) events.push({ event: event || 'message', data: data.join('\n') });
      event = '';
      data = [];
    } else if (name === 'event') event = value;
    else if (name === 'data') data.push(value);
  }
  return events;
}
