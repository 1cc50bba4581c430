/**
 * Which scheduler owns which runs: the last byte of a run's id is its shard, and rendezvous hashing says which of the
 * live schedulers has a shard (Thaler and Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996). When one
 * comes or goes, only its own share moves.
 */

/** Shards there are: values of one byte. */
export const SHARD_COUNT = 256;

/** The shard of a run: the last byte of its id, which is random in every UUIDv7. */
export function shardOf(runId: string): number {
  return Number.parseInt(runId.slice(-2), 16);
}

/** The same id with another last byte: one that lies in the shard. */
export function inShard(runId: string, shard: number): string {
  return runId.slice(0, -2) + shard.toString(16).padStart(2, '0');
}

/** The owner of each shard, in the order of the shards. Every scheduler comes to the same answer for the same ids. */
export function ownersOf(schedulerIds: readonly string[]): readonly string[] {
  const sorted = schedulerIds.toSorted();
  return Array.from({ length: SHARD_COUNT }, (_, shard) => {
    let owner = '';
    let most = -1;
    for (const schedulerId of sorted) {
      const weight = weightOf(schedulerId, shard);
      if (weight <= most) continue;
      most = weight;
      owner = schedulerId;
    }
    return owner;
  });
}

/** FNV-1a of both, then the finalizer of MurmurHash3: neighbouring shards must not resemble each other. */
function weightOf(schedulerId: string, shard: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${schedulerId}/${shard}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
