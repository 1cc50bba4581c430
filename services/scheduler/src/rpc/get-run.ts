import type { MethodImpl } from '@connectrpc/connect';
import { RunState, type RunService } from '@skein/contracts/scheduler';
import { findRun } from '../app/find-run.ts';
import { waitsForSlot } from '../app/limits/waits-for-slot.ts';
import { forwardingHeaders, isAway, wasForwarded } from './at-owner.ts';
import { minSeqOf, namespaceOf, runIdOf } from './request-fields.ts';
import { runToMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';

/** Time for the owner to answer before the store is asked instead. */
const OWNER_ANSWER_MS = 1000;

/** RunService.GetRun. The owner knows where the tasks of a run are; without it the store knows everything else. */
export function getRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.getRun> {
  return async (request, { requestHeader, signal }) => {
    const { ownership, peers, dispatcher, limits } = parts;
    const namespace = namespaceOf(request.namespace);
    const runId = runIdOf(request.runId);
    const minSeq = minSeqOf('min_seq', request.minSeq);
    const owner = ownership.ownerOf(runId);
    const isElsewhere = owner !== undefined && owner.schedulerId !== ownership.schedulerId;
    if (isElsewhere && !wasForwarded(requestHeader)) {
      try {
        const options = { headers: forwardingHeaders(ownership), signal, timeoutMs: OWNER_ANSWER_MS };
        return await peers.at(owner).runs.getRun({ namespace, runId, minSeq: BigInt(minSeq) }, options);
      } catch (error) {
        if (!isAway(error)) throw error;
      }
    }
    const found = await findRun(parts, namespace, runId, minSeq);
    const run = runToMessage(found, ownership.owns(runId) ? dispatcher : undefined);
    const place = run.state === RunState.CREATED ? await limits.placeOf(runId) : undefined;
    if (place !== undefined) run.waitingFor = waitsForSlot(place);
    return { run };
  };
}
