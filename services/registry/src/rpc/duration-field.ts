import type { Duration } from '@bufbuild/protobuf/wkt';
import { msOfDuration } from '@skein/events';
import type { Violations } from './violations.ts';

/** A duration within bounds, or none. */
export function durationIn(
  field: string,
  duration: Duration | undefined,
  minMs: number,
  maxMs: number,
  violations: Violations,
): void {
  const givenMs = msOfDuration(duration);
  if (givenMs === undefined || (givenMs >= minMs && givenMs <= maxMs)) return;
  violations.add(field, `give ${minMs} ms to ${maxMs / 1000} s, or leave it out`);
}
