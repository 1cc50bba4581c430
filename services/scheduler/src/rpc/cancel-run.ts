import type { MethodImpl } from '@connectrpc/connect';
import type { RunService } from '@skein/contracts/scheduler';
import { cancelRun } from '../app/cancel-run.ts';
import { bounded, namespaceOf, runIdOf } from './request-fields.ts';
import { runToMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';

/** RunService.CancelRun. */
export function cancelRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.cancelRun> {
  return async (request) => {
    parts.requireActive();
    const reason = bounded('reason', request.reason, 1024);
    const found = await cancelRun(parts, namespaceOf(request.namespace), runIdOf(request.runId), reason);
    return { run: runToMessage(found, parts.dispatcher) };
  };
}
