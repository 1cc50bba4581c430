import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import {
  CancelRunResponseSchema,
  PauseRunResponseSchema,
  ResumeRunResponseSchema,
  TerminateRunResponseSchema,
  type RunService,
} from '@skein/contracts/scheduler';
import { cancelRun, pauseOrResume, terminateRun, type RunAddress } from '../app/control-run.ts';
import { atOwner } from './at-owner.ts';
import { bounded, namespaceOf, runIdOf } from './request-fields.ts';
import { runToMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';

const MAX_REASON_CHARS = 1024;
const MAX_ID_CHARS = 128;

/** RunService.CancelRun. */
export function cancelRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.cancelRun> {
  return async (request, context) => {
    const address = addressOf(request);
    const reason = bounded('reason', request.reason, MAX_REASON_CHARS);
    return atOwner(parts, context, {
      runId: address.runId,
      here: async () => {
        const found = await cancelRun(parts, address, reason);
        return create(CancelRunResponseSchema, { run: runToMessage(found, parts.dispatcher) });
      },
      there: (peer, options) => peer.runs.cancelRun({ ...address, reason }, options),
    });
  };
}

/** RunService.TerminateRun. */
export function terminateRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.terminateRun> {
  return async (request, context) => {
    const address = addressOf(request);
    const reason = bounded('reason', request.reason, MAX_REASON_CHARS);
    return atOwner(parts, context, {
      runId: address.runId,
      here: async () => {
        const found = await terminateRun(parts, address, reason);
        return create(TerminateRunResponseSchema, { run: runToMessage(found, parts.dispatcher) });
      },
      there: (peer, options) => peer.runs.terminateRun({ ...address, reason }, options),
    });
  };
}

/** RunService.PauseRun. */
export function pauseRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.pauseRun> {
  return async (request, context) => {
    const address = addressOf(request);
    const reason = bounded('reason', request.reason, MAX_REASON_CHARS);
    const nodeId = bounded('node_id', request.nodeId, MAX_ID_CHARS);
    return atOwner(parts, context, {
      runId: address.runId,
      here: async () => {
        const found = await pauseOrResume(parts, address, { kind: 'pause_run', nodeId, reason });
        return create(PauseRunResponseSchema, { run: runToMessage(found, parts.dispatcher) });
      },
      there: (peer, options) => peer.runs.pauseRun({ ...address, nodeId, reason }, options),
    });
  };
}

/** RunService.ResumeRun. */
export function resumeRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.resumeRun> {
  return async (request, context) => {
    const address = addressOf(request);
    const nodeId = bounded('node_id', request.nodeId, MAX_ID_CHARS);
    return atOwner(parts, context, {
      runId: address.runId,
      here: async () => {
        const found = await pauseOrResume(parts, address, { kind: 'resume_run', nodeId });
        return create(ResumeRunResponseSchema, { run: runToMessage(found, parts.dispatcher) });
      },
      there: (peer, options) => peer.runs.resumeRun({ ...address, nodeId }, options),
    });
  };
}

function addressOf({ namespace, runId }: RunAddress): RunAddress {
  return { namespace: namespaceOf(namespace), runId: runIdOf(runId) };
}
