import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError, type HandlerContext, type MethodImpl } from '@connectrpc/connect';
import {
  BulkOperation,
  BulkRunsResponseSchema,
  CancelRunRequestSchema,
  DeleteRunRequestSchema,
  PauseRunRequestSchema,
  ResumeRunRequestSchema,
  RetryRunRequestSchema,
  SignalRunRequestSchema,
  TerminateRunRequestSchema,
  type BulkRunsRequest,
  type BulkRunsResponse,
  type RunService,
} from '@skein/contracts/scheduler';
import { failureToMessage } from '@skein/events';
import { describeError } from '@skein/rpc';
import { bulkRuns, type BulkFailure, type BulkProgress } from '../app/bulk-runs.ts';
import { mentions } from '../domain/filter/filter.ts';
import { isAway } from './at-owner.ts';
import { cancelRunRpc, pauseRunRpc, resumeRunRpc, terminateRunRpc } from './control-run.ts';
import { deleteRunRpc } from './delete-run.ts';
import { retryRunRpc } from './fork-run.ts';
import { bounded, invalidField, namespaceOf, required, runIdOf } from './request-fields.ts';
import { filterOf } from './run-filter.ts';
import type { RunRpcParts } from './run-service.ts';
import { signalRunRpc } from './signal-run.ts';

const MAX_REASON_CHARS = 1024;
const MAX_ID_CHARS = 128;

/** RunService.BulkRuns. */
export function bulkRunsRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.bulkRuns> {
  const actions = actionsOf(parts);
  return async function* (request, context) {
    const namespace = namespaceOf(request.namespace);
    const filter = filterOf(required('filter', request.filter));
    if (filter === undefined) throw invalidField('filter', 'is required', 'REQUIRED');
    const act = actions(checked(request, namespace), context);
    const includeChildren = request.includeChildren || mentions(filter, 'parent_run_id');
    const afterRunId = request.afterRunId === '' ? undefined : runIdOf(request.afterRunId);
    const selection = { namespace, filter, includeChildren, afterRunId };
    const { store } = parts;
    const { dryRun } = request;
    const { signal } = context;
    for await (const progress of bulkRuns({ store, selection, dryRun, act, isRefusal, signal })) {
      yield progressToMessage(progress);
    }
  };
}

type Act = (runId: string) => unknown;

/** The operations, each as the RPC that does it to one run: they find its owner. */
function actionsOf(parts: RunRpcParts): (request: BulkRunsRequest, context: HandlerContext) => Act {
  const cancel = cancelRunRpc(parts);
  const terminate = terminateRunRpc(parts);
  const pause = pauseRunRpc(parts);
  const resume = resumeRunRpc(parts);
  const retry = retryRunRpc(parts);
  const signal = signalRunRpc(parts);
  const remove = deleteRunRpc(parts);
  return ({ operation, namespace, reason, bulkId, signalName, signalPayload }, context) => {
    switch (operation) {
      case BulkOperation.CANCEL:
        return (runId) => call(cancel, create(CancelRunRequestSchema, { namespace, runId, reason }), context);
      case BulkOperation.TERMINATE:
        return (runId) => call(terminate, create(TerminateRunRequestSchema, { namespace, runId, reason }), context);
      case BulkOperation.PAUSE:
        return (runId) => call(pause, create(PauseRunRequestSchema, { namespace, runId, reason }), context);
      case BulkOperation.RESUME:
        return (runId) => call(resume, create(ResumeRunRequestSchema, { namespace, runId }), context);
      case BulkOperation.DELETE:
        return (runId) => call(remove, create(DeleteRunRequestSchema, { namespace, runId }), context);
      case BulkOperation.RETRY:
        return (runId) => {
          const requestId = stepId(bulkId, runId);
          return call(retry, create(RetryRunRequestSchema, { namespace, runId, requestId }), context);
        };
      case BulkOperation.SIGNAL: {
        const payload = signalPayload === undefined ? {} : { payload: signalPayload };
        return (runId) => {
          const target = { case: 'runId' as const, value: runId };
          const request = { namespace, target, signalName, signalId: stepId(bulkId, runId), ...payload };
          return call(signal, create(SignalRunRequestSchema, request), context);
        };
      }
      default:
        throw invalidField('operation', 'give one of cancel, terminate, pause, resume, retry, signal and delete');
    }
  };
}

/** What is wrong for every run is said before the first. */
function checked(request: BulkRunsRequest, namespace: string): BulkRunsRequest {
  const { operation } = request;
  bounded('reason', request.reason, MAX_REASON_CHARS);
  bounded('bulk_id', request.bulkId, MAX_ID_CHARS);
  bounded('signal_name', request.signalName, MAX_ID_CHARS);
  const isNamed = operation === BulkOperation.RETRY || operation === BulkOperation.SIGNAL;
  if (isNamed && !request.dryRun) required('bulk_id', request.bulkId);
  if (operation === BulkOperation.SIGNAL) required('signal_name', request.signalName);
  return { ...request, namespace };
}

/** The same for the same run of the same use: the second time changes nothing. */
function stepId(bulkId: string, runId: string): string {
  return `bulk/${bulkId}/${runId}`;
}

function call<I, O>(method: (request: I, context: HandlerContext) => O, request: I, context: HandlerContext): O {
  return method(request, context);
}

/** B3. What says that the platform does not answer is no answer of the run. */
function isRefusal(error: unknown): boolean {
  return error instanceof ConnectError && !isAway(error) && error.code !== Code.Canceled;
}

function progressToMessage(progress: BulkProgress): BulkRunsResponse {
  const { matched, done, failed, lastRunId = '', failures, finished } = progress;
  return create(BulkRunsResponseSchema, {
    matched: BigInt(matched),
    done: BigInt(done),
    failed: BigInt(failed),
    lastRunId,
    failures: failures.map(failureOf),
    finished,
  });
}

function failureOf({
  runId,
  error,
}: BulkFailure): NonNullable<NonNullable<MessageInitShape<typeof BulkRunsResponseSchema>['failures']>[number]> {
  const { reason: code, message, place, remedy, retryAfterMs } = describeError(error);
  return { runId, failure: failureToMessage({ code, message, place, remedy, retryable: retryAfterMs !== undefined }) };
}
