import type { MethodImpl } from '@connectrpc/connect';
import type { RunService } from '@skein/contracts/scheduler';
import { msOfDuration } from '@skein/events';
import { awaitRun } from '../app/await-run.ts';
import { namespaceOf, runIdOf } from './request-fields.ts';
import { runToMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';
import { waitOf } from './start-run.ts';

const DEFAULT_WAIT_MS = 60_000;

/** RunService.AwaitRun. */
export function awaitRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.awaitRun> {
  return async (request, { signal }) => {
    parts.requireActive();
    const waitMs = waitOf(msOfDuration(request.timeout), 'timeout') ?? DEFAULT_WAIT_MS;
    const found = await awaitRun(parts, namespaceOf(request.namespace), runIdOf(request.runId), waitMs, signal);
    return { run: runToMessage(found, parts.dispatcher) };
  };
}
