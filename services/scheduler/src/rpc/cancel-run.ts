import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import { CancelRunResponseSchema, type RunService } from '@skein/contracts/scheduler';
import { cancelRun } from '../app/cancel-run.ts';
import { atOwner } from './at-owner.ts';
import { bounded, namespaceOf, runIdOf } from './request-fields.ts';
import { runToMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';

/** RunService.CancelRun. */
export function cancelRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.cancelRun> {
  return async (request, context) => {
    const reason = bounded('reason', request.reason, 1024);
    const namespace = namespaceOf(request.namespace);
    const runId = runIdOf(request.runId);
    return atOwner(parts, context, {
      runId,
      here: async () =>
        create(CancelRunResponseSchema, {
          run: runToMessage(await cancelRun(parts, namespace, runId, reason), parts.dispatcher),
        }),
      there: (peer, options) => peer.runs.cancelRun({ namespace, runId, reason }, options),
    });
  };
}
