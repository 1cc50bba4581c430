const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** The longest duration a definition may have: 365 days. */
export const MAX_DURATION_MS = 365 * 86_400_000;

/** A duration such as `500ms`, `30s`, `5m`, `1h30m` or `7d` in whole milliseconds; undefined where it is none, or too long. */
export function parseDurationMs(text: string): number | undefined {
  if (text.length > 64 || !DURATION.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(PART)) ms += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  const whole = Math.round(ms);
  return whole <= MAX_DURATION_MS ? whole : undefined;
}
