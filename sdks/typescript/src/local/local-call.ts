/**
 * Does one task of a local run, from its start to the command that reports it.
 *
 * K1. It reports one end, unless it is aborted: then it reports nothing, for nobody listens any more.
 * K2. What lasts a second is reported as started, as an executor does.
 */
import type { JsonValue } from '@bufbuild/protobuf';
import { Payload, type CallFacts, type PlanNode, type RpcRequest, type RunCommand } from '@skein/domain';
import { plain } from '../agent/steps.ts';
import { callAgent, type CallMemory } from './call-agent.ts';
import { callContext } from './call-context.ts';
import { callModel, type ModelCall } from './call-model.ts';
import { CallScope, type LocalTask } from './call-scope.ts';
import type { LocalClock } from './clock.ts';
import { CallFailed, failureOf, nobodyGiven } from './local-failure.ts';
import type { CallContext, LocalOptions } from './options.ts';

/** Who is told of a call's course. */
export interface LocalCallOptions {
  readonly task: LocalTask;
  readonly memory: CallMemory;
  readonly clock: LocalClock;
  readonly options: LocalOptions;
  readonly report: (command: RunCommand) => void;
}

type Ended = Extract<RunCommand, { kind: 'task_ended' }>['outcome'];

/** Time after which a call is reported as started. */
const STARTED_AFTER_MS = 1000;

export class LocalCall {
  readonly task: LocalTask;
  readonly #call: LocalCallOptions;
  readonly #scope: CallScope;
  readonly #model: ModelCall;
  #targetVersion = '';

  constructor(call: LocalCallOptions) {
    this.#call = call;
    this.task = call.task;
    const { task, options, report, clock } = call;
    const { runId, key, node } = task;
    this.#model = { model: node.work.kind === 'llm' ? node.work.model : '', prompt: undefined };
    this.#scope = new CallScope(task, clock, {
      delta: (text) => options.onDelta?.({ runId, ...key, text }),
      heartbeat: (resumeDetails) => report({ kind: 'task_heartbeat', key, resumeDetails }),
    });
  }

  abort(reason: string): void {
    this.#scope.abort(reason);
  }

  /** Never rejects. */
  async perform(): Promise<void> {
    using scope = this.#scope;
    const { clock, report } = this.#call;
    const { key } = this.task;
    using _ = clock.at(scope.startedAtMs + STARTED_AFTER_MS, () => {
      report({ kind: 'task_started', key, facts: this.#facts() });
    });
    let outcome: Ended;
    let facts: Partial<CallFacts> = {};
    try {
      outcome = await this.#do(this.task.node);
    } catch (thrown) {
      const isUnwanted = scope.signal.aborted && !(scope.signal.reason instanceof CallFailed);
      if (isUnwanted) return;
      outcome = { failure: failureOf(scope.signal.aborted ? scope.signal.reason : thrown, scope.place) };
      if (thrown instanceof CallFailed && !thrown.wasCalled) facts = { startedAtMs: undefined };
    }
    report({ kind: 'task_ended', key, outcome, facts: { ...this.#facts(), ...facts } });
  }

  async #do({ work }: PlanNode): Promise<Ended> {
    const { memory, options } = this.#call;
    const scope = this.#scope;
    switch (work.kind) {
      case 'agent': {
        const { targetVersion, ...end } = await callAgent(scope, work, memory, options);
        this.#targetVersion = targetVersion;
        return end;
      }
      case 'llm':
        return { output: await callModel(scope, work, this.#model, options) };
      case 'tool': {
        const tool = own(options.tools, work.toolId);
        if (tool === undefined) {
          throw nobodyGiven('TOOL_NOT_FOUND', `tool ${work.toolId}`, scope.place, `tools.${work.toolId}`);
        }
        return await this.#answer((context) => tool(this.task.input.value as JsonValue, context));
      }
      case 'rpc': {
        const service = own(options.rpc, work.serviceId);
        if (service === undefined) {
          throw nobodyGiven('SERVICE_NOT_FOUND', `service ${work.serviceId}`, scope.place, `rpc.${work.serviceId}`);
        }
        const { message, metadata = {} } = this.task.input.value as unknown as RpcRequest;
        const call = { method: work.method, message: message as JsonValue, metadata: metadata as never };
        return await this.#answer((context) => service(call, context));
      }
      default:
        throw new RangeError(`node ${this.task.key.nodeId} calls nobody`);
    }
  }

  async #answer(call: (context: CallContext) => unknown): Promise<Ended> {
    const output = await this.#scope.race((async () => await call(callContext(this.#scope)))());
    return { output: Payload.fromValue(plain((output ?? null) as JsonValue)) };
  }

  #facts(): CallFacts {
    const { usage, startedAtMs, streamedBytes } = this.#scope;
    const { inputTokens, outputTokens, costMicroUsd } = usage;
    return {
      executorId: 'local',
      target: this.#model.model === '' ? 'local' : this.#model.model,
      targetVersion: this.#targetVersion,
      startedAtMs,
      latencyMs: this.#call.clock.nowMs() - startedAtMs,
      usage: { inputTokens, outputTokens, ...(costMicroUsd > 0 ? { costMicroUsd } : {}) },
      streamedBytes,
      prompt: this.#model.prompt,
    };
  }
}

function own<T>(given: Readonly<Record<string, T>> | undefined, id: string): T | undefined {
  return given !== undefined && Object.hasOwn(given, id) ? given[id] : undefined;
}
