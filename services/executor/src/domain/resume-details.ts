import type { JsonValue } from '@bufbuild/protobuf';
import { lasting } from './call-failure.ts';

/** Largest details of a heartbeat, as JSON text. */
export const MAX_RESUME_DETAILS_BYTES = 64 * 1024;

/**
 * The details of a heartbeat as JSON text.
 * @throws CallError where they are too large: an agent must not lose what it relies on without a word.
 */
export function resumeDetailsText(details: JsonValue): Uint8Array {
  const text = Buffer.from(JSON.stringify(details));
  if (text.byteLength <= MAX_RESUME_DETAILS_BYTES) return text;
  throw lasting('AGENT_PROTOCOL_VIOLATION', {
    message: `the resume_details of a heartbeat have ${text.byteLength} bytes; ${MAX_RESUME_DETAILS_BYTES} are allowed`,
    place: 'heartbeat.resume_details',
    remedy: 'say where the work stands, and keep the work itself elsewhere',
  });
}
