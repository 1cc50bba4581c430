import type { Ownership } from './ownership.ts';
import type { Peers } from './peers.ts';

const TIMEOUT_MS = 5000;

/** Leaves a run that this scheduler cannot read to a newer one; false where none takes it. */
export async function handOver(
  { ownership, peers }: { readonly ownership: Ownership; readonly peers: Peers },
  runId: string,
): Promise<boolean> {
  for (const member of ownership.newerMembers) {
    try {
      await peers.at(member).tasks.takeRun({ runId }, { timeoutMs: TIMEOUT_MS });
    } catch {
      continue;
    }
    ownership.handOver(runId, member);
    return true;
  }
  return false;
}
