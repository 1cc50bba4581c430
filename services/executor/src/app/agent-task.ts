/**
 * Calls an agent for a task: finds it, picks an instance, hands the work to the protocol's adapter; and where the instance
 * cannot be reached, picks another one, or another agent.
 *
 * A1. A call goes to another instance only while nothing of an answer was streamed: whoever reads has seen one answer.
 * A2. A call that must not be made twice goes to another instance only if nothing can have reached the one before.
 * A3. A call that finds no instance, or reaches none, waits for one where somebody starts one, or workers dial in. Before that
 *     it goes to a fallback agent, unless nothing is wrong: none runs because nobody called.
 */
import { AgentProtocol, InstanceHealth } from '@skein/contracts/registry';
import type { AgentCall, Task } from '@skein/contracts/scheduler';
import { agentPlace } from '../domain/agent-place.ts';
import type { AgentRoutes, CallTarget } from '../domain/agent-routes.ts';
import { versionFits } from '../domain/agent-version.ts';
import { CallError, passing } from '../domain/call-failure.ts';
import { chooseInstance, hasCandidate, isDeserted, type CallWish } from '../domain/instance-choice.ts';
import { isInstanceFault, isWorthAnother } from '../domain/instance-fault.ts';
import { agentNotFound, noInstance, routesUnknown } from '../domain/no-route.ts';
import { outputText } from '../domain/output-limit.ts';
import type { AgentProtocolAdapter, CallSink } from './agent-protocol.ts';
import { requestOf } from './agent-request.ts';
import { withoutSecret, type AgentCredentials, type AgentSecrets } from './agent-secrets.ts';
import { boundedQuestion, isQuestion, type InputRequired } from './agent-question.ts';
import type { CallContext } from './call-context.ts';
import type { CallEnd, InstanceLedger } from './instance-ledger.ts';
import type { InstanceWake } from './instance-wake.ts';
import type { RouteTable } from './route-table.ts';

/** What calling agents takes. */
export interface AgentTasksOptions {
  readonly routes: RouteTable;
  readonly ledger: InstanceLedger;
  readonly protocols: ReadonlyMap<AgentProtocol, AgentProtocolAdapter>;
  /** Longest call of an agent that has no timeout of its own. */
  readonly agentTimeoutMs: number;
  /** Longest wait for an agent that is not known yet. */
  readonly agentWaitMs: number;
  /** Waits for an instance of an agent that has none. */
  readonly wake: InstanceWake;
  /** What calls carry so that agents let them in. */
  readonly secrets: AgentSecrets;
  readonly random: () => number;
}

/** One agent that is called for a task: the node's, or a fallback. */
interface AgentWish {
  readonly routes: AgentRoutes;
  /** A range. Empty: any. */
  readonly version: string;
  /** Whether another agent may be called instead. */
  readonly hasFallback: boolean;
}

export class AgentTasks {
  readonly #options: AgentTasksOptions;
  /** Calls of agents whose instances take turns. */
  readonly #turns = new Map<string, number>();

  constructor(options: AgentTasksOptions) {
    this.#options = options;
  }

  /** Whether the call will stay in this process, as far as is known now. */
  isLocal(task: Task, call: AgentCall): boolean {
    const routes = this.#options.routes.find(task.namespace, call.agentId);
    return routes?.targets.some(({ protocol }) => protocol === AgentProtocol.IN_PROCESS) === true;
  }

  /**
   * Makes the call; answers the output as JSON text.
   * @throws CallError for everything that can go wrong.
   */
  async call(call: AgentCall, context: CallContext): Promise<Uint8Array | InputRequired> {
    const sink = new NoticedSink(context.sink);
    const noticed = { ...context, sink };
    let first: CallError | undefined;
    const { task, clock } = context;
    const { namespace } = task;
    const { routes: table, agentWaitMs } = this.#options;
    const routes =
      table.find(namespace, call.agentId) ??
      (await table.whenFound(namespace, call.agentId, agentWaitMs, clock.signal));
    const fallbackIds = call.fallback?.agentIds ?? routes?.settings.fallbackAgentIds ?? [];
    // The agent, then its fallbacks, each one as it is known when its turn comes.
    for (let turn = 0; turn <= fallbackIds.length; turn += 1) {
      const isOwn = turn === 0;
      const agentId = fallbackIds[turn - 1] ?? call.agentId;
      const found = isOwn ? routes : table.find(namespace, agentId);
      if (found === undefined) {
        const isUnknown = isOwn && !table.synced;
        first ??= isUnknown ? routesUnknown(agentId) : agentNotFound(namespace, agentId, placeOf(task));
        continue;
      }
      const hasFallback = fallbackIds.some((id, at) => at >= turn && table.find(namespace, id) !== undefined);
      const wish = { routes: found, version: isOwn ? call.version : '', hasFallback };
      try {
        return await this.#callAgent(wish, call, noticed);
      } catch (error) {
        if (!(error instanceof CallError) || !mayGoElsewhere(error, noticed)) throw whenUnsent(error, task);
        first ??= error;
      }
    }
    throw whenUnsent(first, task);
  }

  /** Calls one instance after the other, as far as the rules allow. */
  async #callAgent(
    { routes: found, version, hasFallback }: AgentWish,
    call: AgentCall,
    context: NoticedContext,
  ): Promise<Uint8Array | InputRequired> {
    const { ledger, random, routes: table } = this.#options;
    const tried = new Set<string>();
    const { sessionId } = context.task;
    const wish = { version, sessionId, tried };
    let routes = found;
    let last: CallError | undefined;
    let calls = 0;
    while (calls < routes.settings.maxInstancesTried) {
      // While one instance was tried, others may have come.
      routes = table.find(found.namespace, found.agentId) ?? routes;
      const dice = { random, nextTurn: () => this.#nextTurn(routes) };
      const target = chooseInstance(routes, wish, ledger.view(), dice);
      if (target === undefined) {
        if (await this.#whenAwake(routes, wish, hasFallback, context)) continue;
        break;
      }
      tried.add(target.instanceId);
      try {
        return await this.#callInstance(target, routes, call, context);
      } catch (error) {
        if (!(error instanceof CallError) || !mayGoElsewhere(error, context)) throw error;
        last = error;
        // Of an executor that is gone there may be many workers that are not.
        if (target.protocol === AgentProtocol.PULL && error.failure.isUnsent === true) continue;
      }
      calls += 1;
    }
    throw last ?? noInstance(routes, version, placeOf(context.task), (ids) => ledger.restsForMs(ids));
  }

  /** A3. */
  async #whenAwake(
    routes: AgentRoutes,
    wish: CallWish & { readonly tried: Set<string> },
    hasFallback: boolean,
    context: NoticedContext,
  ): Promise<boolean> {
    const { ledger, wake } = this.#options;
    if (!isDeserted(routes, wish, ledger.view())) return false;
    if (hasFallback && wish.tried.size > 0) return false;
    const { version, tried } = wish;
    const waitsForWorkers = !hasFallback && routes.workerVersions.some((each) => versionFits(each, version));
    let hasWaited = false;
    const isAwake = (found: AgentRoutes): boolean => {
      // A worker may come back to the executor that it was at: then it is the same instance.
      if (hasWaited) for (const instanceId of connectedWorkers(found)) tried.delete(instanceId);
      hasWaited = true;
      return hasCandidate(found, wish, ledger.view());
    };
    return wake.whenAwake(routes, { version, waitsForKept: !hasFallback, waitsForWorkers, isAwake }, context);
  }

  async #callInstance(
    target: CallTarget,
    routes: AgentRoutes,
    call: AgentCall,
    context: NoticedContext,
  ): Promise<Uint8Array | InputRequired> {
    const { clock, sink, progress } = context;
    const { agentId } = routes;
    const place = agentPlace(agentId, target.endpoint);
    const adapter = this.#adapterOf(target, place);
    const { agentTimeoutMs, secrets } = this.#options;
    const { timeoutMs = agentTimeoutMs } = target;
    const remedy =
      target.timeoutMs === undefined ? 'raise AGENT_TIMEOUT_MS' : 'raise the timeout the agent is registered with';
    clock.limit(timeoutMs + progress.waitedMs, `timeout of agent ${agentId}`, remedy);
    const request = requestOf(call, context, routes, target);
    progress.beginAt(target, agentId === call.agentId ? undefined : agentId);
    // Nothing is waited for between the choice of an instance and its being counted: the next choice looks at it.
    const entry = this.#options.ledger.begin(target, routes);
    const startedAtMs = performance.now();
    let credentials: AgentCredentials | undefined;
    try {
      credentials = target.credentials && (await secrets.credentialsFor(routes.namespace, target, place));
      clock.throwIfOver();
      const ending = await adapter.call({ ...request, credentials }, sink, clock.signal);
      entry.end({ kind: 'good', latencyMs: performance.now() - startedAtMs });
      if (isQuestion(ending)) return boundedQuestion(ending, place);
      const { output, usage } = ending;
      progress.usage = usage;
      return outputText(output, place);
    } catch (error) {
      entry.end(endOf(clock.end === undefined ? error : clock.end.reason, target));
      if (credentials !== undefined && error instanceof CallError) throw withoutSecret(error, credentials);
      throw error;
    }
  }

  #nextTurn({ namespace, agentId }: AgentRoutes): number {
    const key = `${namespace}/${agentId}`;
    const turn = this.#turns.get(key) ?? 0;
    this.#turns.set(key, turn + 1);
    return turn;
  }

  #adapterOf({ protocol }: CallTarget, place: string): AgentProtocolAdapter {
    const adapter = this.#options.protocols.get(protocol);
    if (adapter !== undefined) return adapter;
    throw passing('AGENT_UNAVAILABLE', {
      message: `this executor does not speak protocol ${protocolName(protocol)}`,
      place,
      remedy: 'upgrade the executors, or register the agent with another protocol',
    });
  }
}

interface NoticedContext extends CallContext {
  readonly sink: NoticedSink;
}

/** Passes everything on, and knows whether text was among it. */
class NoticedSink implements CallSink {
  hasStreamed = false;
  readonly #sink: CallSink;

  constructor(sink: CallSink) {
    this.#sink = sink;
  }

  delta(text: string): void {
    this.hasStreamed = true;
    this.#sink.delta(text);
  }

  state(state: string, detail: string): void {
    this.#sink.state(state, detail);
  }

  heartbeat(...details: Parameters<CallSink['heartbeat']>): void {
    this.#sink.heartbeat(...details);
  }
}

/** Nobody was called, whatever else may be said of these. */
const NOBODY_CALLED: ReadonlySet<string> = new Set([
  'AGENT_NOT_FOUND',
  'AGENT_SECRET_NOT_FOUND',
  'AGENT_UNAVAILABLE',
  'SERVICE_UNAVAILABLE',
]);

/** A1, A2. */
function mayGoElsewhere({ failure }: CallError, { sink, task, clock }: NoticedContext): boolean {
  if (sink.hasStreamed || clock.end !== undefined) return false;
  if (NOBODY_CALLED.has(failure.code)) return true;
  return isWorthAnother(failure) && (!task.atMostOnce || failure.isUnsent === true);
}

/** A call that must not be made twice, and was not made: trying again later is safe, which the failure has to say. */
function whenUnsent(error: unknown, { atMostOnce }: Task): unknown {
  if (!atMostOnce || !(error instanceof CallError) || error.failure.isUnsent !== true) return error;
  const { message, place, remedy } = error.failure;
  return passing('AGENT_UNAVAILABLE', { message, place, remedy, cause: error });
}

/** What the end of a call tells of the instance. */
function endOf(error: unknown, { protocol }: CallTarget): CallEnd {
  // A function is this process: where it fails, so does every other instance of it.
  if (!(error instanceof CallError) || protocol === AgentProtocol.IN_PROCESS) return { kind: 'neutral' };
  const { failure } = error;
  if (protocol === AgentProtocol.PULL && failure.code === 'AGENT_UNREACHABLE' && failure.isUnsent === true) {
    return { kind: 'away' };
  }
  if (isInstanceFault(failure)) return { kind: 'fault', isUnreachable: failure.code === 'AGENT_UNREACHABLE' };
  return { kind: 'neutral' };
}

/** Workers that are not away by the word of their executors. */
function connectedWorkers({ targets }: AgentRoutes): readonly string[] {
  const workers = targets.filter(({ protocol }) => protocol === AgentProtocol.PULL);
  return workers.filter(({ health }) => health !== InstanceHealth.UNHEALTHY).map(({ instanceId }) => instanceId);
}

const placeOf = ({ ref }: Task): string => `nodes.${ref?.nodeId ?? ''}`;

/** A protocol as the contract writes it; its number where a newer contract has it. */
function protocolName(protocol: AgentProtocol): string {
  return Object.entries(AgentProtocol).find(([, value]) => value === protocol)?.[0] ?? String(protocol);
}
