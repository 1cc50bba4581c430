import type { MethodImpl } from '@connectrpc/connect';
import type { RunService, StartRunRequest } from '@skein/contracts/scheduler';
import { MAX_PAYLOAD_BYTES, type JsonObject } from '@skein/domain';
import { jsonOfValue, msOfDuration } from '@skein/events';
import { injectTraceparent } from '@skein/telemetry';
import { awaitFound } from '../app/await-run.ts';
import { findRun } from '../app/find-run.ts';
import { startRun, type StartTarget } from '../app/start-run.ts';
import type { RunRpcParts } from './run-service.ts';
import { bounded, invalidField, labelsOf, namespaceOf, newRunIdOf, required } from './request-fields.ts';
import { runToMessage } from './run-message.ts';

const MAX_WAIT_MS = 600_000;
const MAX_ID_CHARS = 128;

/** RunService.StartRun. */
export function startRunRpc(parts: RunRpcParts): MethodImpl<typeof RunService.method.startRun> {
  return async (request, { signal }) => {
    parts.requireActive();
    const namespace = namespaceOf(request.namespace);
    const waitMs = waitOf(msOfDuration(request.waitTimeout), 'wait_timeout') ?? 0;
    const started = await startRun(parts, {
      namespace,
      runId: newRunIdOf(request.runId),
      target: targetOf(request),
      input: request.input === undefined ? {} : jsonOfValue(request.input),
      requestId: request.requestId === '' ? undefined : bounded('request_id', request.requestId, 256),
      sessionId: bounded('session_id', request.sessionId, 256),
      labels: labelsOf(request.labels),
      traceparent: injectTraceparent() ?? '',
    });
    const found = started.created
      ? { state: started.state, plan: started.plan, setAside: undefined }
      : await findRun(parts, namespace, started.runId);
    const reached = await awaitFound(parts, found, waitMs, signal);
    return { run: runToMessage(reached, parts.dispatcher), created: started.created };
  };
}

/** A time to wait within its bounds; undefined where none is given. */
export function waitOf(waitMs: number | undefined, field: string): number | undefined {
  if (waitMs === undefined || (waitMs >= 0 && waitMs <= MAX_WAIT_MS)) return waitMs;
  throw invalidField(field, `give 0 to ${MAX_WAIT_MS / 1000} seconds`);
}

function targetOf({ target }: StartRunRequest): StartTarget {
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
    case undefined:
      throw invalidField('target', 'give one of workflow, agent and llm', 'REQUIRED');
  }
}
