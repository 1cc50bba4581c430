import type { Duration, Timestamp } from '@bufbuild/protobuf/wkt';

/** Milliseconds since 1970 as the well-known type. */
export function timestampOfMs(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return { $typeName: 'google.protobuf.Timestamp', seconds: BigInt(seconds), nanos };
}

/** Milliseconds since 1970; 0 where nothing is given. */
export function msOfTimestamp(timestamp: Timestamp | undefined): number {
  return timestamp === undefined ? 0 : Number(timestamp.seconds) * 1000 + timestamp.nanos / 1e6;
}

/** Milliseconds as the well-known type. */
export function durationOfMs(ms: number): Duration {
  const seconds = Math.trunc(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return { $typeName: 'google.protobuf.Duration', seconds: BigInt(seconds), nanos };
}

/** Milliseconds; undefined where nothing is given. */
export function msOfDuration(duration: Duration): number;
export function msOfDuration(duration: Duration | undefined): number | undefined;
export function msOfDuration(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}
