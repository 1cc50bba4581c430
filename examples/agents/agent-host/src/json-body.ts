import type { IncomingMessage } from 'node:http';
import { HttpFailure } from './http-failure.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** Largest accepted request body, in bytes: an input of 1 MiB that is a text stands in it twice, with room for what is around it. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The body as a JSON object. Throws HttpFailure: 413, 415, or 400 where it is not JSON or not an object. */
export async function readJsonObject(request: IncomingMessage): Promise<JsonObject> {
  const contentType = request.headers['content-type'] ?? 'application/json';
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType)) {
    throw new HttpFailure(415, 'UNSUPPORTED_MEDIA_TYPE', `send application/json instead of ${contentType}`);
  }
  const value = parse(await readBytes(request));
  if (!isJsonObject(value)) throw new HttpFailure(400, 'INVALID_REQUEST', 'the body must be a JSON object');
  return value;
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  // Not `for await`: leaving that loop would destroy the socket before the refusal is sent.
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_BODY_BYTES) reject(tooLarge());
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

const tooLarge = () => new HttpFailure(413, 'BODY_TOO_LARGE', `the body may have at most ${MAX_BODY_BYTES} bytes`);

function parse(bytes: Buffer): JsonValue {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as JsonValue;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HttpFailure(400, 'INVALID_JSON', `the body is not JSON: ${why}`);
  }
}
