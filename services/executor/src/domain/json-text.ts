import type { JsonValue } from '@bufbuild/protobuf';

const NULL_TEXT = new TextEncoder().encode('null');
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A JSON value as UTF-8 text. */
export function jsonText(value: JsonValue): Uint8Array {
  return value === null ? NULL_TEXT : encoder.encode(JSON.stringify(value));
}

/**
 * A JSON value from UTF-8 text; empty text means null.
 * @throws SyntaxError or TypeError where it is not JSON or not UTF-8.
 */
export function parseJsonText(text: Uint8Array): JsonValue {
  return text.byteLength === 0 ? null : (JSON.parse(decoder.decode(text)) as JsonValue);
}
