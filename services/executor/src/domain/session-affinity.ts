/** FNV-1a, 32 bits (IETF draft-eastlake-fnv). */
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * The instance of a session: the one with the highest hash of both (rendezvous hashing, Thaler and Ravishankar 1998), so
 * that one that goes moves its own sessions alone, and one that comes takes its share from each.
 */
export function instanceOfSession<Instance extends { readonly instanceId: string }>(
  instances: readonly Instance[],
  sessionId: string,
): Instance | undefined {
  let best: Instance | undefined;
  let bestScore = -1;
  const seed = hash(sessionId, OFFSET_BASIS);
  for (const instance of instances) {
    const score = mix(hash(instance.instanceId, seed));
    const wins = score > bestScore || (score === bestScore && instance.instanceId > (best?.instanceId ?? ''));
    if (wins) [best, bestScore] = [instance, score];
  }
  return best;
}

function hash(text: string, seed: number): number {
  let value = seed;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), PRIME);
  }
  return value >>> 0;
}

/** FNV's high bits depend little on the last characters; a finalizer (MurmurHash3) spreads them. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
