import type { JsonValue } from '@bufbuild/protobuf';
import { lasting } from './call-failure.ts';
import { jsonText } from './json-text.ts';

/** Largest output of a task as JSON text: what the contracts allow. */
export const MAX_OUTPUT_BYTES = 1024 * 1024;

/**
 * An output as JSON text.
 * @throws CallError PAYLOAD_TOO_LARGE above MAX_OUTPUT_BYTES.
 */
export function outputText(output: JsonValue, place: string): Uint8Array {
  const text = jsonText(output);
  if (text.byteLength > MAX_OUTPUT_BYTES) throw tooLarge(place);
  return text;
}

/** An answer is larger than any output may be. */
export const tooLarge = (place: string) =>
  lasting('PAYLOAD_TOO_LARGE', {
    message: `the answer is larger than ${MAX_OUTPUT_BYTES} bytes of JSON`,
    place,
    remedy: 'answer with less, or with a reference to what is large',
  });
