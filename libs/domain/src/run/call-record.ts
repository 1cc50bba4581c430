/** The events that record a call of an executor, by what was called. */
import type { AgentWork, LlmWork, NodeWork } from '../workflow/plan.ts';
import type { CallFacts } from './command.ts';
import type { CallOutcome, DispatchKey, InvokeTarget, LlmPromptRecord, RunEvent } from './event.ts';

/** The call went out. `nowMs` stands in where the executor does not say when. */
export function callStarted(work: NodeWork, key: DispatchKey, facts: CallFacts, nowMs: number): RunEvent {
  const { executorId, startedAtMs = nowMs } = facts;
  const common = { ...key, executorId, startedAtMs };
  switch (work.kind) {
    case 'llm':
      return { kind: 'llm_call_started', ...common, model: work.model, prompt: promptRecord(work, facts) };
    case 'agent':
      return { kind: 'agent_invoke_started', ...common, ...invokeTarget(work, facts) };
    case 'rpc': {
      const called = { serviceId: work.serviceId, method: work.method, address: facts.target };
      return { kind: 'rpc_call_started', ...common, ...called };
    }
    case 'tool':
      return { kind: 'tool_call_created', ...common, toolId: work.toolId, target: facts.target };
    default:
      throw new RangeError(`node ${key.nodeId} calls nobody`);
  }
}

/** The call ended. */
export function callDone(work: NodeWork, key: DispatchKey, facts: CallFacts, outcome: CallOutcome): RunEvent {
  const { usage, latencyMs, streamedBytes } = facts;
  const common = { ...key, outcome, latencyMs };
  switch (work.kind) {
    case 'llm': {
      const model = facts.target === '' ? work.model : facts.target;
      const asked = { prompt: promptRecord(work, facts), turns: facts.prompt?.turns ?? 0 };
      return { kind: 'llm_call_done', ...common, usage, streamedBytes, model, ...asked };
    }
    case 'agent':
      return { kind: 'agent_invoke_done', ...common, usage, streamedBytes, ...targetAtEnd(work, facts) };
    case 'rpc':
      return { kind: 'rpc_call_done', ...common };
    case 'tool':
      return { kind: 'tool_call_done', ...common, toolId: work.toolId };
    default:
      throw new RangeError(`node ${key.nodeId} calls nobody`);
  }
}

function invokeTarget(work: AgentWork, facts: CallFacts): InvokeTarget {
  const { targetAgentId = work.agentId, targetVersion, target } = facts;
  return { agentId: targetAgentId, agentVersion: targetVersion, instanceId: target };
}

/** The event of the beginning may name an earlier instance. */
function targetAtEnd(work: AgentWork, facts: CallFacts): { readonly target?: InvokeTarget } {
  return (facts.instancesTried ?? 0) > 1 ? { target: invokeTarget(work, facts) } : {};
}

function promptRecord({ role }: LlmWork, { prompt }: CallFacts): LlmPromptRecord | undefined {
  return prompt === undefined ? undefined : { digest: prompt.digest, sizeBytes: prompt.sizeBytes, role };
}
