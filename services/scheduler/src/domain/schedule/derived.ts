/** What follows from a schedule and a fire time, the same on every scheduler and at every try. */
import { createHash } from 'node:crypto';
import { stringify } from 'uuid';
import { inShard } from '../shards.ts';
import type { ScheduleKey } from './schedule.ts';

/** The shard of a schedule and of all its runs. */
export function shardOfSchedule(key: ScheduleKey): number {
  return digest('shard', key)[0] ?? 0;
}

/**
 * The id of the run of a fire: a UUIDv7 with the time of the fire, in the shard of the schedule. `nonce` tells fires of
 * the same millisecond apart; fires by time and backfills have none, so that they are the same.
 */
export function runIdOfFire(key: ScheduleKey, fireMs: number, nonce = ''): string {
  const bytes = Buffer.from(digest('run', key, String(fireMs), nonce).subarray(0, 16));
  bytes.writeUIntBE(Math.max(0, fireMs), 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return inShard(stringify(bytes), shardOfSchedule(key));
}

/** By how much a fire is late on purpose: 0 to below `jitterMs`, evenly spread over the fires. */
export function jitterOf(key: ScheduleKey, fireMs: number, jitterMs: number): number {
  if (jitterMs === 0) return 0;
  return Math.floor((digest('jitter', key, String(fireMs)).readUInt32BE(0) / 2 ** 32) * jitterMs);
}

/** A digest of all of it; no part runs into the next. */
function digest(use: string, { namespace, scheduleId }: ScheduleKey, ...parts: readonly string[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([use, namespace, scheduleId, ...parts]))
    .digest();
}
