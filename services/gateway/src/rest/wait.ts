import { durationOfMs } from '@skein/events';
import type { Duration } from '@bufbuild/protobuf/wkt';
import { invalidField } from '../errors/invalid-request.ts';
import { parseDurationMs } from '../presentation/time-text.ts';

/** Longest wait for the end of a run, in milliseconds: as the contract has it. */
export const MAX_WAIT_MS = 600_000;

/** What a client may say about waiting. */
export const WAIT_DESCRIPTION = 'Wait for the end at most this long: `500ms`, `30s`, `2m`; up to 10 minutes.';

/** A wait in milliseconds; `undefined` where none is asked for. @throws INVALID_FIELD */
export function waitMsOf(wait: string | undefined): number | undefined {
  if (wait === undefined) return undefined;
  const waitMs = parseDurationMs(wait);
  if (waitMs !== undefined && waitMs <= MAX_WAIT_MS) return waitMs;
  throw invalidField('wait', 'give a number with a unit, at most 10 minutes: 500ms, 30s, 2m');
}

/** A wait for the wire. */
export function waitTimeout(waitMs: number | undefined): { waitTimeout?: Duration } {
  return waitMs === undefined ? {} : { waitTimeout: durationOfMs(waitMs) };
}
