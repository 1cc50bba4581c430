import { passing } from '../../domain/call-failure.ts';

const DECODER = new TextDecoder('utf-8', { fatal: true });

/** @throws CallError AGENT_PROTOCOL_VIOLATION where it is not UTF-8. */
export function utf8Text(bytes: Uint8Array, place: string): string {
  try {
    return DECODER.decode(bytes);
  } catch (cause) {
    throw passing('AGENT_PROTOCOL_VIOLATION', {
      message: 'the answer is not UTF-8',
      place,
      remedy: 'answer in UTF-8',
      cause,
    });
  }
}
