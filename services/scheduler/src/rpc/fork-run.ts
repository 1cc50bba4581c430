import { create } from '@bufbuild/protobuf';
import { Code, type HandlerContext, type MethodImpl } from '@connectrpc/connect';
import {
  ForkRunResponseSchema,
  RetryRunResponseSchema,
  RunState as RunStateEnum,
  type ForkRunRequest,
  type Run,
  type RunService,
} from '@skein/contracts/scheduler';
import { jsonOfValue } from '@skein/events';
import { skeinError } from '@skein/rpc';
import { injectTraceparent } from '@skein/telemetry';
import { findRun } from '../app/find-run.ts';
import { forkRun } from '../app/fork-run.ts';
import { atOwner, whenActive } from './at-owner.ts';
import { endOfRun } from './await-run.ts';
import {
  bounded,
  invalidField,
  labelsOf,
  memoOf,
  namespaceOf,
  newRunIdOf,
  runIdOf,
  searchAttributesOf,
} from './request-fields.ts';
import { runToMessage, stateOfRun } from './run-message.ts';
import type { RunRpcParts } from './run-service.ts';

const MAX_REDONE = 1000;

/** RunService.ForkRun. Where the caller gives no id the fork becomes this scheduler's own, whoever owns the run it comes from. */
export function forkRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.forkRun> {
  return async (request, context) => create(ForkRunResponseSchema, await fork(parts, request, context));
}

/** RunService.RetryRun. */
export function retryRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.retryRun> {
  return async (request, context) => {
    const namespace = namespaceOf(request.namespace);
    const runId = runIdOf(request.runId);
    const found = await findRun(parts, namespace, runId);
    if (!RETRYABLE.has(stateOfRun(found))) throw notRetryable(runId, found.state.status);
    const { requestId } = request;
    const forked = await fork(parts, { ...NO_CHANGE, namespace, runId, requestId }, context);
    return create(RetryRunResponseSchema, forked);
  };
}

type ForkFields = Omit<ForkRunRequest, '$typeName' | '$unknown'>;

const NO_CHANGE = {
  atSeq: 0n,
  workflowVersion: 0,
  redoNodeIds: [],
  newRunId: '',
  labels: {},
  searchAttributes: {},
};

const RETRYABLE: ReadonlySet<RunStateEnum> = new Set([
  RunStateEnum.FAILED,
  RunStateEnum.CANCELLED,
  RunStateEnum.TERMINATED,
]);

interface Forked {
  readonly run?: Run;
  readonly created: boolean;
}

async function fork(parts: RunRpcParts, request: ForkFields, context: HandlerContext): Promise<Forked> {
  const { ownership } = parts;
  await whenActive(ownership, context.signal);
  const namespace = namespaceOf(request.namespace);
  const newRunId = newRunIdOf(request.newRunId) ?? ownership.newRunId();
  return atOwner(parts, context, {
    runId: newRunId,
    isRepeatable: request.requestId !== '',
    here: async () => {
      const forked = await forkRun(parts, {
        namespace,
        runId: runIdOf(request.runId),
        newRunId,
        atSeq: seqOf(request.atSeq),
        workflowVersion: request.workflowVersion,
        input: request.input === undefined ? undefined : jsonOfValue(request.input),
        redoNodeIds: redoneOf(request.redoNodeIds),
        requestId: request.requestId === '' ? undefined : bounded('request_id', request.requestId, 256),
        labels: labelsOf(request.labels),
        searchAttributes: searchAttributesOf(request.searchAttributes),
        memo: memoOf(request.memo),
        traceparent: injectTraceparent() ?? '',
      });
      if (forked.created) {
        const run = runToMessage({ state: forked.state, plan: forked.plan, setAside: undefined }, parts.dispatcher);
        return { run, created: true };
      }
      const run = await endOfRun(parts, context, namespace, forked.runId, 0);
      return { ...(run === undefined ? {} : { run }), created: false };
    },
    there: async (peer, options) => {
      const { run, created } = await peer.runs.forkRun({ ...request, namespace, newRunId }, options);
      return { ...(run === undefined ? {} : { run }), created };
    },
  });
}

function seqOf(seq: bigint): number {
  if (seq < 0n || seq > 2_147_483_647n) throw invalidField('at_seq', 'give a seq of the run, or 0 for its last one');
  return Number(seq);
}

function redoneOf(nodeIds: readonly string[]): readonly string[] {
  if (nodeIds.length > MAX_REDONE) throw invalidField('redo_node_ids', `give at most ${MAX_REDONE}`);
  return nodeIds;
}

function notRetryable(runId: string, status: string) {
  return skeinError({
    reason: 'RUN_NOT_RETRYABLE',
    code: Code.FailedPrecondition,
    message: `run ${runId} is ${status}; only a run that has failed, or was ended by somebody, is retried`,
    place: 'run_id',
    remedy: `\`skein runs fork ${runId}\` goes on from a run in any state`,
  });
}
