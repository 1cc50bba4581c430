import type { MessageInitShape } from '@bufbuild/protobuf';
import type { HandlerContext, MethodImpl } from '@connectrpc/connect';
import type { RunService, StartRunRequest, StartRunResponseSchema } from '@skein/contracts/scheduler';
import { isTerminal, MAX_PAYLOAD_BYTES, type JsonObject } from '@skein/domain';
import { jsonOfValue, msOfDuration } from '@skein/events';
import { injectTraceparent } from '@skein/telemetry';
import { awaitFound } from '../app/await-run.ts';
import { callerOf, claimsOf, type Caller } from '../app/caller.ts';
import type { Ownership } from '../app/ownership.ts';
import type { RunTokenClaims } from '../app/run-token.ts';
import { inShard, shardOf } from '../domain/shards.ts';
import { startRun, type StartTarget } from '../app/start-run.ts';
import { atOwner, whenActive } from './at-owner.ts';
import { endOfRun } from './await-run.ts';
import type { RunRpcParts } from './run-service.ts';
import {
  bounded,
  invalidField,
  labelsOf,
  memoOf,
  namespaceOf,
  newRunIdOf,
  required,
  searchAttributesOf,
} from './request-fields.ts';
import { runToMessage } from './run-message.ts';
import { waitOf } from './wait.ts';

const MAX_ID_CHARS = 128;

/** RunService.StartRun. Without an id by the caller the run gets one that makes it this scheduler's own. */
export function startRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.startRun> {
  return async (request, context) => {
    const { ownership } = parts;
    await whenActive(ownership, context.signal);
    const claims =
      request.runToken === '' ? undefined : claimsOf(parts.tokens, request.runToken, namespaceOf(request.namespace));
    const runId = newRunIdOf(request.runId) ?? newIdFor(claims, ownership);
    if (claims !== undefined && shardOf(runId) !== shardOf(claims.runId)) {
      throw invalidField('run_id', 'leave it out: a child run gets an id that lies beside that of its parent');
    }
    return atOwner(parts, context, {
      runId,
      waitMs: waitMsOf(request),
      isRepeatable: request.requestId !== '',
      here: () => startHere(parts, context, request, runId, claims),
      there: (peer, options) => peer.runs.startRun({ ...request, runId }, options),
    });
  };
}

async function startHere(
  parts: RunRpcParts,
  context: HandlerContext,
  request: StartRunRequest,
  runId: string,
  claims: RunTokenClaims | undefined,
): Promise<MessageInitShape<typeof StartRunResponseSchema>> {
  const namespace = namespaceOf(request.namespace);
  const waitMs = waitMsOf(request);
  const caller = claims && (await callerOf(parts.engine, claims));
  const started = await startRun(parts, {
    caller,
    namespace,
    runId,
    target: targetOf(request.target),
    force: request.target.case === 'workflow' && request.target.value.force,
    input: request.input === undefined ? {} : jsonOfValue(request.input),
    requestId: requestIdOf(request, caller),
    sessionId: bounded('session_id', request.sessionId, 256) || (caller?.state.sessionId ?? ''),
    labels: labelsOf(request.labels),
    searchAttributes: searchAttributesOf(request.searchAttributes),
    memo: memoOf(request.memo),
    traceparent: injectTraceparent() ?? '',
    priority: priorityOf(request.priority, 'priority'),
    fairnessKey: fairnessKeyOf(request.fairnessKey, 'fairness_key'),
  });
  if (!started.created) {
    return { run: await endOfRun(parts, context, namespace, started.runId, waitMs), created: false };
  }
  const startedAtMs = performance.now();
  const found = { state: started.state, plan: started.plan, setAside: undefined };
  const reached = await awaitFound(parts, found, waitMs, context.signal);
  const leftMs = waitMs - (performance.now() - startedAtMs);
  // A run that is not at its end before the time is up has left this scheduler: its owner knows.
  const isCutShort = leftMs > 0 && !context.signal.aborted && !isTerminal(reached.state.status);
  if (!isCutShort) return { run: runToMessage(reached, parts.dispatcher), created: true };
  return { run: await endOfRun(parts, context, namespace, runId, leftMs), created: true };
}

/** The starts of one node's agent are among themselves. */
function requestIdOf({ requestId }: StartRunRequest, caller: Caller | undefined): string | undefined {
  if (requestId === '') return undefined;
  const given = bounded('request_id', requestId, 256);
  return caller === undefined ? given : `${caller.link.runId}/${caller.link.nodeId}/${given}`;
}

/** A child is folded where its parent is. */
function newIdFor(claims: RunTokenClaims | undefined, ownership: Pick<Ownership, 'newRunId'>): string {
  const runId = ownership.newRunId();
  return claims === undefined ? runId : inShard(runId, shardOf(claims.runId));
}

/** A priority; undefined where none is given. */
export function priorityOf(priority: number, field: string): number | undefined {
  if (priority > 5) throw invalidField(field, 'give 1 (first) to 5');
  return priority === 0 ? undefined : priority;
}

/** A fairness key; undefined where none is given. */
export function fairnessKeyOf(fairnessKey: string, field: string): string | undefined {
  return fairnessKey === '' ? undefined : bounded(field, fairnessKey, 256);
}

function waitMsOf({ waitTimeout }: StartRunRequest): number {
  return waitOf(msOfDuration(waitTimeout), 'wait_timeout') ?? 0;
}

/** What a request wants to run. */
export function targetOf(target: StartRunRequest['target']): StartTarget {
  switch (target.case) {
    case 'workflow': {
      const workflowId = required(
        'workflow.workflow_id',
        bounded('workflow.workflow_id', target.value.workflowId, MAX_ID_CHARS),
      );
      return { kind: 'workflow', workflowId, version: target.value.version };
    }
    case 'agent': {
      const agentId = required('agent.agent_id', bounded('agent.agent_id', target.value.agentId, MAX_ID_CHARS));
      const config = (target.value.config ?? {}) as JsonObject;
      if (JSON.stringify(config).length > MAX_PAYLOAD_BYTES / 16)
        throw invalidField('agent.config', 'give at most 64 KiB');
      return { kind: 'agent', agentId, skillId: bounded('agent.skill_id', target.value.skillId, MAX_ID_CHARS), config };
    }
    case 'llm':
      return { kind: 'llm', model: bounded('llm.model', target.value.model, 256) };
    case 'tool': {
      const toolId = required('tool.tool_id', bounded('tool.tool_id', target.value.toolId, MAX_ID_CHARS));
      return { kind: 'tool', toolId };
    }
    case undefined:
      throw invalidField('target', 'give one of workflow, agent, llm and tool', 'REQUIRED');
  }
}
