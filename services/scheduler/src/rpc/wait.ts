import { invalidField } from './request-fields.ts';

const MAX_WAIT_MS = 600_000;

/** A time to wait within its bounds; undefined where none is given. */
export function waitOf(waitMs: number | undefined, field: string): number | undefined {
  if (waitMs === undefined || (waitMs >= 0 && waitMs <= MAX_WAIT_MS)) return waitMs;
  throw invalidField(field, `give 0 to ${MAX_WAIT_MS / 1000} seconds`);
}
