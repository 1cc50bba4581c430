import type { JsonValue } from '../expression/json.ts';

/** Largest JSON text that a run's input, a node's output or a run's output may have, in bytes. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;

/**
 * A JSON value and its UTF-8 text, each made from the other only when somebody
 * asks: what merely passes through is never parsed. Immutable.
 */
export class Payload {
  #bytes: Uint8Array | undefined;
  #value: JsonValue | undefined;

  private constructor(bytes: Uint8Array | undefined, value: JsonValue | undefined) {
    this.#bytes = bytes;
    this.#value = value;
  }

  /** From JSON text that is known to be well-formed; empty text stands for null. */
  static fromBytes(bytes: Uint8Array): Payload {
    return bytes.byteLength === 0 ? Payload.fromValue(null) : new Payload(bytes, undefined);
  }

  static fromValue(value: JsonValue): Payload {
    return new Payload(undefined, value);
  }

  /** The JSON text. */
  get bytes(): Uint8Array {
    this.#bytes ??= Buffer.from(JSON.stringify(this.value));
    return this.#bytes;
  }

  /** The parsed value. Shared: never change it. */
  get value(): JsonValue {
    if (this.#value === undefined) this.#value = parse(this.#bytes);
    return this.#value;
  }
}

const DECODER = new TextDecoder();

function parse(bytes: Uint8Array | undefined): JsonValue {
  return bytes === undefined ? null : (JSON.parse(DECODER.decode(bytes)) as JsonValue);
}

/** Whether two payloads have the same text. */
export function samePayload(a: Payload, b: Payload): boolean {
  return a === b || Buffer.compare(a.bytes, b.bytes) === 0;
}
