import { create } from '@bufbuild/protobuf';
import type { HandlerContext, MethodImpl } from '@connectrpc/connect';
import {
  SignalRunResponseSchema,
  StartRunRequestSchema,
  type RunService,
  type SignalRunRequest,
} from '@skein/contracts/scheduler';
import { jsonOfValue } from '@skein/events';
import { signalRun } from '../app/signal-run.ts';
import { atOwner } from './at-owner.ts';
import { bounded, invalidField, namespaceOf, required, runIdOf } from './request-fields.ts';
import { runToMessage } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';
import { startRunRpc } from './start-run.ts';

/** RunService.SignalRun. A start by the same request_id finds the run that it made before, so that both steps may be repeated. */
export function signalRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.signalRun> {
  const start = startRunRpc(parts);
  return async (request, context) => {
    const name = required('signal_name', bounded('signal_name', request.signalName, 128));
    const signalId = bounded('signal_id', request.signalId, 256);
    const { namespace, runId, created } = await targetOf(start, request, context);
    const target = { case: 'runId' as const, value: runId };
    return atOwner(parts, context, {
      runId,
      here: async () => {
        const payload = request.payload === undefined ? null : jsonOfValue(request.payload);
        const found = await signalRun(parts, { namespace, runId, name, payload, signalId });
        return create(SignalRunResponseSchema, { run: runToMessage(found, parts.dispatcher), created });
      },
      there: async (peer, options) => {
        const { run } = await peer.runs.signalRun({ ...request, namespace, target }, options);
        return create(SignalRunResponseSchema, { ...(run === undefined ? {} : { run }), created });
      },
    });
  };
}

async function targetOf(
  start: ReturnType<typeof startRunRpc>,
  { target, namespace }: SignalRunRequest,
  context: HandlerContext,
) {
  switch (target.case) {
    case 'runId':
      return { namespace: namespaceOf(namespace), runId: runIdOf(target.value), created: false };
    case 'start': {
      required('start.request_id', target.value.requestId);
      const { waitTimeout: _, ...request } = target.value;
      const { run, created = false } = await start(create(StartRunRequestSchema, request), context);
      return { namespace: namespaceOf(request.namespace), runId: run?.runId ?? '', created };
    }
    case undefined:
      throw invalidField('target', 'give run_id or start', 'REQUIRED');
  }
}
