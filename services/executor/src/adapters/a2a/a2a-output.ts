/** What an A2A agent's parts are as the output of a node. */
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import type { Part } from '@a2a-js/sdk';

/** The texts of parts, put together. */
export function textOf(parts: readonly Part[]): string {
  return parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('');
}

/**
 * The output of several groups of parts, each that of an artifact or a message:
 *
 * - texts alone: `{"response": text}`, groups on lines of their own;
 * - one data part alone: its JSON;
 * - anything else: `{"parts": […]}` in their order.
 */
export function outputOf(groups: ReadonlyArray<readonly Part[]>): JsonValue {
  const parts = groups.flat().filter(({ content }) => content !== undefined);
  const [first] = parts;
  if (parts.length === 1 && first?.content?.$case === 'data') return jsonOf(first.content.value);
  if (parts.every(({ content }) => content?.$case === 'text')) {
    return {
      response: groups
        .map(textOf)
        .filter((text) => text !== '')
        .join('\n'),
    };
  }
  return { parts: parts.map(partOf) };
}

/** Roughly what a part takes up in the output, in bytes. */
export function sizeOf({ content }: Part): number {
  const OVERHEAD_BYTES = 16;
  switch (content?.$case) {
    case 'text':
    case 'url':
      return OVERHEAD_BYTES + content.value.length;
    case 'raw':
      return OVERHEAD_BYTES + content.value.byteLength;
    case 'data':
      return OVERHEAD_BYTES + JSON.stringify(jsonOf(content.value)).length;
    case undefined:
      return OVERHEAD_BYTES;
  }
}

function partOf({ content, filename, mediaType }: Part): JsonObject {
  const about = { ...(filename === '' ? {} : { filename }), ...(mediaType === '' ? {} : { mediaType }) };
  switch (content?.$case) {
    case 'text':
      return { text: content.value, ...about };
    case 'url':
      return { url: content.value, ...about };
    case 'raw':
      return { raw: Buffer.from(content.value).toString('base64'), ...about };
    case 'data':
      return { data: jsonOf(content.value), ...about };
    case undefined:
      return about;
  }
}

/** Data came out of JSON or a google.protobuf.Value, so it is JSON. */
const jsonOf = (value: unknown): JsonValue => (value ?? null) as JsonValue;
