/** What tests of workflows do over and over: a namespace of its own on a platform, its workflows, agents and runs. */
import assert from 'node:assert/strict';
import { toJson, type JsonValue, type MessageInitShape } from '@bufbuild/protobuf';
import { ValueSchema, type Value } from '@bufbuild/protobuf/wkt';
import type { RunEvent } from '@skein/contracts/event';
import { AgentProtocol } from '@skein/contracts/registry';
import { RunState, type ListRunsRequestSchema, type NodeRun, type Run } from '@skein/contracts/scheduler';
import { reasonOf } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { valueOfJson } from '@skein/events';
import { startWorker, type Work, type Worker } from '../agents/worker.ts';
import type { Clients } from './clients.ts';
import type { TestPlatform } from './platform.ts';

const WORDS = Object.entries(RunState);
const LONGEST_RUN = { seconds: 60n } as const;

/** A definition as anybody would write it. */
type Definition = Readonly<Record<string, unknown>> & { readonly id: string };

export class Workplace {
  readonly clients: Clients;
  readonly namespace: string;

  constructor({ clients }: Pick<TestPlatform, 'clients'>, namespace: string) {
    this.clients = clients;
    this.namespace = namespace;
  }

  /** Stores a workflow; answers with its version. */
  async apply(definition: Definition): Promise<number> {
    const { workflows } = this.clients;
    const source = { case: 'source', value: JSON.stringify(definition) } as const;
    const { workflow } = await workflows.applyWorkflow({ namespace: this.namespace, definition: source });
    return workflow?.version ?? 0;
  }

  /** An agent of this namespace that does this work. */
  async worker(agentId: string, work: Work): Promise<Worker> {
    const worker = await startWorker(work);
    await this.register(agentId, worker);
    return worker;
  }

  async register(agentId: string, { url }: Pick<Worker, 'url'>): Promise<void> {
    const { namespace } = this;
    const protocol = AgentProtocol.HTTP_PROCESS;
    await this.clients.agents.registerAgent({ namespace, agentId, protocol, endpoints: [url] });
  }

  /** Starts a run and does not wait. */
  async start(workflowId: string, input: JsonValue = {}): Promise<string> {
    const target = { case: 'workflow', value: { workflowId } } as const;
    const { namespace } = this;
    const { run } = await this.clients.runs.startRun({ namespace, target, input: valueOfJson(input) });
    return run?.runId ?? '';
  }

  /** The run when it has ended. */
  async ended(runId: string): Promise<Run> {
    const { run } = await this.clients.runs.awaitRun({ namespace: this.namespace, runId, timeout: LONGEST_RUN });
    assert.ok(run);
    assert.ok(run.endedAt, `run ${runId} goes on: ${run.waitingFor}`);
    return run;
  }

  /** Applies a workflow, runs it, and answers with the run when it has ended. */
  async run(definition: Definition, input: JsonValue = {}): Promise<Run> {
    await this.apply(definition);
    return this.ended(await this.start(definition.id, input));
  }

  async get(runId: string): Promise<Run> {
    const { run } = await this.clients.runs.getRun({ namespace: this.namespace, runId });
    assert.ok(run);
    return run;
  }

  /** The run once it is as wanted. */
  until(runId: string, isWanted: (run: Run) => boolean, describe: string): Promise<Run> {
    const look = async (): Promise<Run | undefined> => {
      const run = await this.get(runId);
      return isWanted(run) ? run : undefined;
    };
    return eventually(look, { describe, timeoutMs: 30_000 });
  }

  async list(filter: Omit<MessageInitShape<typeof ListRunsRequestSchema>, '$typeName'>): Promise<readonly Run[]> {
    const { runs } = await this.clients.runs.listRuns({ namespace: this.namespace, pageSize: 1000, ...filter });
    return runs;
  }

  /** The whole history, oldest first. */
  async events(runId: string): Promise<readonly RunEvent['event'][]> {
    const { namespace } = this;
    const { entries } = await this.clients.events.listEvents({ namespace, runId, pageSize: 1000 });
    return entries.flatMap(({ entry }) => (entry.case === 'runEvent' ? [entry.value.event] : []));
  }
}

/** The state of a run in its word. */
export function stateOf({ state }: Run): string {
  return WORDS.find(([, number]) => number === state)?.[0] ?? String(state);
}

/** The output of a run or node. */
export function outputOf({ output }: { readonly output?: Value | undefined }): JsonValue {
  return output === undefined ? null : toJson(ValueSchema, output);
}

/** A node of a run. */
export function nodeOf(run: Run, nodeId: string): NodeRun {
  const node = run.nodes.find((it) => it.nodeId === nodeId);
  assert.ok(node, `run ${run.runId} has no node ${nodeId}`);
  return node;
}

/** Asserts that a call is refused for this reason. */
export async function refused(call: Promise<unknown>, reason: string): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.equal(reasonOf(error), reason);
    return true;
  });
}
