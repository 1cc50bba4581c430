/** Calls an agent for a task: finds it, picks an instance, hands the work to the protocol's adapter. */
import type { JsonObject } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { AgentProtocol, type Agent, type Instance } from '@skein/contracts/registry';
import type { AgentCall, Task } from '@skein/contracts/scheduler';
import { agentPlace } from '../domain/agent-place.ts';
import { versionFits } from '../domain/agent-version.ts';
import { CallError, lasting, passing } from '../domain/call-failure.ts';
import { chooseInstance } from '../domain/instance-choice.ts';
import { isJsonObject } from '../domain/json-object.ts';
import { parseJsonText } from '../domain/json-text.ts';
import { deliveryKey } from '../domain/task-address.ts';
import type { AgentProtocolAdapter } from './agent-protocol.ts';
import type { CallContext } from './call-context.ts';
import type { InstanceLoad } from './instance-load.ts';
import { outputText } from '../domain/output-limit.ts';
import type { RouteTable } from './route-table.ts';

/** What calling agents takes. */
export interface AgentTasksOptions {
  readonly routes: RouteTable;
  readonly load: InstanceLoad;
  readonly protocols: ReadonlyMap<AgentProtocol, AgentProtocolAdapter>;
  /** Longest call of an agent that has no timeout of its own. */
  readonly agentTimeoutMs: number;
  /** Longest wait for an agent that is not known yet. */
  readonly agentWaitMs: number;
  readonly random: () => number;
}

export class AgentTasks {
  readonly #options: AgentTasksOptions;

  constructor(options: AgentTasksOptions) {
    this.#options = options;
  }

  /** Whether the call will stay in this process, as far as is known now. */
  isLocal(task: Task, call: AgentCall): boolean {
    const agent = this.#options.routes.find(task.namespace, call.agentId);
    return agent?.protocol === AgentProtocol.IN_PROCESS;
  }

  /**
   * Makes the call; answers the output as JSON text.
   * @throws CallError for everything that can go wrong.
   */
  async call(call: AgentCall, context: CallContext): Promise<Uint8Array> {
    const { task, clock, sink, progress } = context;
    const agent = await this.#find(task, call, clock.signal);
    const instance = this.#choose(agent);
    const adapter = this.#adapterOf(agent, instance);
    const { agentTimeoutMs, load } = this.#options;
    const timeoutMs = agent.timeout === undefined ? agentTimeoutMs : durationMs(agent.timeout);
    const remedy =
      agent.timeout === undefined ? 'raise AGENT_TIMEOUT_MS' : 'raise the timeout the agent is registered with';
    clock.limit(timeoutMs, `timeout of agent ${agent.agentId}`, remedy);
    const request = requestOf(call, context, agent, instance);
    progress.begin(instance.instanceId, agent.version);
    using _occupied = load.occupy(instance.instanceId);
    try {
      const { output, usage } = await adapter.call(request, sink, clock.signal);
      progress.usage = usage;
      return outputText(output, agentPlace(agent.agentId, instance.endpoint));
    } catch (error) {
      if (error instanceof CallError && error.failure.code === 'AGENT_UNREACHABLE') load.shun(instance.instanceId);
      throw error;
    }
  }

  async #find(task: Task, call: AgentCall, signal: AbortSignal): Promise<Agent> {
    const { routes, agentWaitMs } = this.#options;
    const { agentId, version } = call;
    const agent = await routes.whenFound(task.namespace, agentId, agentWaitMs, signal);
    if (agent === undefined && !routes.synced) {
      throw passing('SERVICE_UNAVAILABLE', {
        message: `the registry has not said yet where agents are; agent ${agentId} is not known`,
        place: 'registry',
        remedy: 'check that the registry runs: `skein doctor`',
      });
    }
    if (agent === undefined) {
      throw lasting('AGENT_NOT_FOUND', {
        message: `no agent ${agentId} is registered in namespace ${task.namespace}`,
        place: `nodes.${task.ref?.nodeId ?? ''}`,
        remedy: `skein agents register ${agentId} --endpoint URL`,
      });
    }
    if (!versionFits(agent.version, version)) {
      throw lasting('AGENT_NOT_FOUND', {
        message: `agent ${agentId} has version ${agent.version}, and the node asks for ${version}`,
        place: `nodes.${task.ref?.nodeId ?? ''}`,
        remedy: `register a version of ${agentId} that is in ${version}, or change the node's version range`,
      });
    }
    return agent;
  }

  #choose(agent: Agent): Instance {
    const instance = chooseInstance(agent.instances, this.#options.load, this.#options.random);
    if (instance !== undefined) return instance;
    throw passing('AGENT_UNAVAILABLE', {
      message: `agent ${agent.agentId} has no instance`,
      place: `agent ${agent.agentId}`,
      remedy: `start one, or register its address: skein agents register ${agent.agentId} --endpoint URL`,
    });
  }

  #adapterOf(agent: Agent, instance: Instance): AgentProtocolAdapter {
    const adapter = this.#options.protocols.get(agent.protocol);
    if (adapter !== undefined) return adapter;
    throw passing('AGENT_UNAVAILABLE', {
      message: `this executor does not speak protocol ${protocolName(agent.protocol)}`,
      place: agentPlace(agent.agentId, instance.endpoint),
      remedy: 'upgrade the executors, or register the agent with another protocol',
    });
  }
}

/** A protocol as the contract writes it; its number where a newer contract has it. */
function protocolName(protocol: AgentProtocol): string {
  return Object.entries(AgentProtocol).find(([, value]) => value === protocol)?.[0] ?? String(protocol);
}

function requestOf(call: AgentCall, context: CallContext, agent: Agent, instance: Instance) {
  const { task, clock, traceparent } = context;
  const { runId = '', nodeId = '', attempt = 0, dispatch = 0 } = task.ref ?? {};
  return {
    namespace: task.namespace,
    agentId: agent.agentId,
    endpoint: instance.endpoint,
    taskId: task.ref === undefined ? '' : deliveryKey(task.ref),
    idempotencyKey: task.idempotencyKey,
    attempt,
    dispatch,
    runId,
    nodeId,
    sessionId: task.sessionId,
    skillId: call.skillId,
    input: parseJsonText(task.input?.json ?? new Uint8Array()),
    resumeDetails: task.resumeDetails === undefined ? undefined : parseJsonText(task.resumeDetails.json),
    config: configOf(call, agent),
    timeoutMs: clock.remainingMs,
    traceparent,
  };
}

/** The agent's settings under those of the node. */
function configOf(call: AgentCall, agent: Agent): JsonObject {
  const ofNode = parseJsonText(call.config?.json ?? new Uint8Array());
  if (!isJsonObject(ofNode)) return agent.config ?? {};
  return agent.config === undefined ? ofNode : { ...agent.config, ...ofNode };
}
