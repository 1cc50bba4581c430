import type { AgentResponse } from './http-connections.ts';
import { passing } from '../../domain/call-failure.ts';
import { tooLarge } from '../../domain/output-limit.ts';
import { httpFailure } from './http-failure.ts';

/** Largest body that is read: an output of the largest size with room for what is around it. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/**
 * Reads a body to its end, as text.
 * @throws CallError PAYLOAD_TOO_LARGE, AGENT_PROTOCOL_VIOLATION where it is not UTF-8, AGENT_UNREACHABLE where it breaks off.
 */
export async function bodyText({ body }: AgentResponse, place: string, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > MAX_BODY_BYTES) throw tooLarge(place);
      chunks.push(chunk);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw httpFailure(error, place);
  }
  return decoded(Buffer.concat(chunks), place);
}

function decoded(bytes: Buffer, place: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw passing('AGENT_PROTOCOL_VIOLATION', {
      message: 'the answer is not UTF-8',
      place,
      remedy: 'answer in UTF-8',
      cause,
    });
  }
}
