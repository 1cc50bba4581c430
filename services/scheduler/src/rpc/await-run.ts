import type { HandlerContext, MethodImpl } from '@connectrpc/connect';
import type { Run, RunService } from '@skein/contracts/scheduler';
import { isTerminal } from '@skein/domain';
import { durationOfMs, msOfDuration } from '@skein/events';
import { awaitRun } from '../app/await-run.ts';
import { RunElsewhereError } from '../app/run-errors.ts';
import { atOwner } from './at-owner.ts';
import { namespaceOf, runIdOf } from './request-fields.ts';
import { hasEnded, runToMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';
import { waitOf } from './wait.ts';

const DEFAULT_WAIT_MS = 60_000;

/** RunService.AwaitRun. */
export function awaitRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.awaitRun> {
  return async (request, context) => {
    const waitMs = waitOf(msOfDuration(request.timeout), 'timeout') ?? DEFAULT_WAIT_MS;
    return { run: await endOfRun(parts, context, namespaceOf(request.namespace), runIdOf(request.runId), waitMs) };
  };
}

/** The run when it has ended or the time is up, whoever owns it and however often that changes meanwhile. */
export function endOfRun(
  parts: RunRpcParts,
  context: HandlerContext,
  namespace: string,
  runId: string,
  waitMs: number,
): Promise<Run | undefined> {
  const deadlineMs = performance.now() + waitMs;
  const leftMs = () => Math.max(0, deadlineMs - performance.now());
  return atOwner(parts, context, {
    runId,
    waitMs,
    async here() {
      const found = await awaitRun(parts, namespace, runId, leftMs(), context.signal);
      // The owner may be another one now: see, and go on waiting there.
      const isCutShort = leftMs() > 0 && !context.signal.aborted && !isTerminal(found.state.status);
      if (isCutShort) throw new RunElsewhereError(runId);
      return runToMessage(found, parts.dispatcher);
    },
    async there(peer, options) {
      const timeout = durationOfMs(leftMs());
      const { run } = await peer.runs.awaitRun({ namespace, runId, timeout }, options);
      if (run !== undefined && !hasEnded(run) && leftMs() > 0) throw new RunElsewhereError(runId);
      return run;
    },
  });
}
