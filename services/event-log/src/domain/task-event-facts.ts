import type { TaskEvent } from '@skein/contracts/event';

const encoder = new TextEncoder();

/** Bytes of text that the dispatch had streamed after this event; undefined where the event is no text. */
export function offsetAfter({ event }: TaskEvent): number | undefined {
  if (event.case !== 'agentStreamDelta') return undefined;
  return Number(event.value.offsetBytes) + encoder.encode(event.value.text).byteLength;
}
