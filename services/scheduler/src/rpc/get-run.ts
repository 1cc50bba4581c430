import type { MethodImpl } from '@connectrpc/connect';
import type { RunService } from '@skein/contracts/scheduler';
import { findRun } from '../app/find-run.ts';
import { namespaceOf, runIdOf } from './request-fields.ts';
import { runToMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';

/** RunService.GetRun. */
export function getRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.getRun> {
  return async (request) => {
    const found = await findRun(parts, namespaceOf(request.namespace), runIdOf(request.runId));
    return { run: runToMessage(found, parts.dispatcher) };
  };
}
