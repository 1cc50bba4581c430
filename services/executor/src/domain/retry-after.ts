/** Longest wait that an agent may ask for; more is cut. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** The wait that a Retry-After header asks for, in milliseconds: seconds or an HTTP date. Undefined where it says none. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS);
}
