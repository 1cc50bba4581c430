/**
 * Whether an error means that the server could not be reached, or went away: of the socket (ECONNREFUSED, …), of the
 * connection (08), of a server that stops or starts (57P0x) or has no room (53), as the driver names them. Errors of
 * the driver's own have no code, only words.
 */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return /^(E[A-Z]+|08...|57P0.|53...)$/.test(code);
  return /connection|timeout/i.test(error.message);
}
