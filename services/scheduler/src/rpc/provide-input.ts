import { create } from '@bufbuild/protobuf';
import type { MethodImpl } from '@connectrpc/connect';
import { ProvideInputResponseSchema, type RunService } from '@skein/contracts/scheduler';
import { jsonOfValue } from '@skein/events';
import { provideInput } from '../app/provide-input.ts';
import { atOwner } from './at-owner.ts';
import { bounded, namespaceOf, runIdOf } from './request-fields.ts';
import { runToMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';

/** RunService.ProvideInput. */
export function provideInputRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.provideInput> {
  return async (request, context) => {
    const namespace = namespaceOf(request.namespace);
    const runId = runIdOf(request.runId);
    const nodeId = bounded('node_id', request.nodeId, 128);
    const providedBy = bounded('provided_by', request.providedBy, 256);
    return atOwner(parts, context, {
      runId,
      here: async () => {
        const value = request.value === undefined ? null : jsonOfValue(request.value);
        const questionSeq = Number(request.questionSeq);
        const found = await provideInput(parts, { namespace, runId, nodeId, questionSeq, value, providedBy });
        return create(ProvideInputResponseSchema, { run: runToMessage(found, parts.dispatcher) });
      },
      there: (peer, options) => peer.runs.provideInput({ ...request, namespace }, options),
    });
  };
}
