import { Code } from '@connectrpc/connect';
import { skeinError } from './skein-error.ts';

/** A token that goes on after `position` in the named list. Opaque to clients. */
export function pageToken(list: string, position: string): string {
  return Buffer.from(JSON.stringify([list, position])).toString('base64url');
}

/**
 * The position of a token; undefined for the first page.
 * @throws INVALID_CURSOR for anything that `pageToken` did not make for this list.
 */
export function positionOf(list: string, token: string): string | undefined {
  if (token === '') return undefined;
  try {
    const [of, position]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (of === list && typeof position === 'string' && !position.includes('\0')) return position;
  } catch {
    // Falls through to the one answer for every wrong token.
  }
  throw skeinError({
    reason: 'INVALID_CURSOR',
    code: Code.InvalidArgument,
    message: 'the page_token is not of this list',
    place: 'page_token',
    remedy: 'leave it out to begin with the first page',
  });
}
