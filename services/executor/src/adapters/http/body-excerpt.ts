import type { Dispatcher } from 'undici';

/** Most that is read of an error's body. */
export const MAX_EXCERPT_BYTES = 8 * 1024;

/** The beginning of a body, as text. */
export async function excerpt(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      sizeBytes += chunk.byteLength;
      if (sizeBytes >= MAX_EXCERPT_BYTES) break;
    }
  } catch {
    // The status alone says enough.
  }
  return Buffer.concat(chunks).toString('utf8');
}
