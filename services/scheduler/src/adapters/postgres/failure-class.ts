/** What a failed statement means: https://www.postgresql.org/docs/current/errcodes-appendix.html. */

/** Whether the connection broke, or the server went away under it: the statement may or may not have been done. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return true;
  // 08: connection exception; 57P0x: shut down or crashed; the rest are the socket's own.
  return code.startsWith('08') || code.startsWith('57P0') || !/^[0-9A-Z]{5}$/.test(code);
}

/** Whether the same statement may succeed later: nothing was done. */
export function isTransientFailure(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  // 40: rolled back for a conflict; 53: out of disk, memory or connections; 55P03: lock not available; 57014: cancelled; 58: I/O error.
  return (
    ['40', '53', '58'].some((group) => code.startsWith(group)) ||
    code === '55P03' ||
    code === '57014' ||
    code === '25006'
  );
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
