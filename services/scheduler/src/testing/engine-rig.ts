import {
  compileWorkflow,
  Payload,
  planAt,
  type CallFacts,
  type Plan,
  type RunCommand,
  type WorkflowDefinition,
} from '@skein/domain';
import { MemoryRunStore } from '../adapters/memory/run-store.ts';
import type { PendingTransition } from '../app/commit-lane.ts';
import { Dispatcher } from '../app/dispatcher.ts';
import type { Ownership } from '../app/ownership.ts';
import { RunEngine } from '../app/run-engine.ts';
import { type EngineStart } from '../app/run-errors.ts';
import type { RunStore } from '../app/run-store.ts';
import { batch, newRunId } from './run-store/sample-batches.ts';
import { RecordingChannel } from './sample-orders.ts';
import { soleOwnership } from './sole-ownership.ts';

/** An engine over a store in memory, whose commits wait for the test, with one executor that has room. */
export interface EngineRig {
  readonly engine: RunEngine;
  readonly dispatcher: Dispatcher;
  readonly store: RunStore;
  readonly ownership: Ownership;
  readonly plan: Plan;
  readonly executor: RecordingChannel;
  /** Transitions that wait for their commit. */
  readonly pending: PendingTransition[];
  /** What the observer was told. */
  readonly told: string[];
  /** Commits what waits, and lets everything that follows from it happen. */
  readonly commit: () => Promise<void>;
  /** Begins a run and commits its start; answers with its id. */
  readonly begin: (change?: Partial<EngineStart>) => Promise<string>;
  active: boolean;
}

/** What a rig may have of its own. */
export interface EngineRigOptions {
  readonly store?: RunStore;
  readonly definition?: WorkflowDefinition;
}

/** One agent, `work`. */
export const ONE_AGENT: WorkflowDefinition = {
  id: 'one',
  nodes: [{ id: 'work', type: 'agent', agent_id: 'worker' }],
  edges: [],
};

export function engineRig({ store = new MemoryRunStore(), definition = ONE_AGENT }: EngineRigOptions = {}): EngineRig {
  const plan = compileWorkflow(definition);
  const pending: PendingTransition[] = [];
  const told: string[] = [];
  const ignore = (...[runId, command]: [string, RunCommand]) => void engine.submit(runId, command).catch(() => {});
  const dispatcher = new Dispatcher({
    onTimeout: (runId, key, timeout) => ignore(runId, { kind: 'task_timed_out', key, timeout }),
    onLost: (runId, key, reason) => ignore(runId, { kind: 'lose_dispatch', key, reason }),
    onSlotNeeded: (limit) => void told.push(`needs a slot of ${limit.key}`),
    onSlotUnneeded: (limit) => void told.push(`gives back a slot of ${limit.key}`),
    onUnclaimed: () => {},
  });
  const executor = new RecordingChannel();
  dispatcher.grant(dispatcher.connect('executor', executor, []), 1000);
  const ownership = soleOwnership({ isFresh: () => rig.active });
  const engine = new RunEngine({
    store,
    plans: { stored: async () => ({ version: 1, plan }), ofRun: async ({ bodyPath }) => planAt(plan, bodyPath) },
    dispatcher,
    commit: (transition) => void pending.push(transition),
    ownership,
    called: { afterTransition: () => {}, ended: () => {}, loaded: () => {} },
    admission: {
      waits: ({ flow }) => void told.push(`waits for ${flow?.limits.map(({ key }) => key).join(' ')}`),
      ended: () => void told.push('gives its slots back'),
      isAdmitting: () => false,
    },
    book: { isLimited: () => false },
    nowMs: Date.now,
    random: () => 0.5,
    observer: {
      transitionCommitted: (_plan, _before, _after, events) => void told.push(events.map(({ kind }) => kind).join(' ')),
      raceLost: () => void told.push('race lost'),
      runSetAside: (_, error) => void told.push(`set aside: ${String(error)}`),
      storeFailed: (error) => void told.push(`store failed: ${String(error)}`),
    },
  });
  const commit = async () => {
    const batched = pending.splice(0);
    const won = await store.commit(batch(...batched.map(({ transition }) => transition)));
    for (const { transition, settled } of batched) settled(won.has(transition.runId) ? 'won' : 'lost');
    await turn();
  };
  const begin = async (change: Partial<EngineStart> = {}) => {
    const runId = newRunId();
    const started = engine.start(sampleStart(runId, plan, change));
    await commit();
    await started;
    return runId;
  };
  const rig: EngineRig = {
    engine,
    dispatcher,
    store,
    ownership,
    plan,
    executor,
    pending,
    told,
    commit,
    begin,
    active: true,
  };
  return rig;
}

/** Resolves when everything that could follow from what has happened has. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A start of a run of a plan. */
export function sampleStart(runId: string, plan: Plan, change: Partial<EngineStart> = {}): EngineStart {
  return {
    runId,
    namespace: 'default',
    plan,
    key: undefined,
    command: {
      kind: 'start_run',
      workflowVersion: 1,
      input: Payload.fromValue(null),
      labels: {},
      sessionId: '',
      traceparent: '',
    },
    ...change,
  };
}

const FACTS: CallFacts = {
  executorId: 'executor',
  target: 'instance',
  targetVersion: '',
  startedAtMs: 1,
  latencyMs: 1,
  usage: { inputTokens: 0, outputTokens: 0 },
  streamedBytes: 0,
};

/** The report that a node's task runs. */
export function taskStarted(nodeId = 'work'): RunCommand {
  return { kind: 'task_started', key: { nodeId, attempt: 1, dispatch: 1 }, facts: FACTS };
}

/** The report that a node's task has succeeded. */
export function taskSucceeded(nodeId = 'work', attempt = 1): RunCommand {
  const outcome = { output: Payload.fromValue(`done by ${nodeId}`) };
  return { kind: 'task_ended', key: { nodeId, attempt, dispatch: 1 }, outcome, facts: FACTS };
}

/** The report that a node's task has failed in a way that a retry may mend. */
export function taskFailed(nodeId = 'work', attempt = 1): RunCommand {
  const failure = { code: 'FLAKY', message: 'it is', place: nodeId, remedy: '', retryable: true };
  return { kind: 'task_ended', key: { nodeId, attempt, dispatch: 1 }, outcome: { failure }, facts: FACTS };
}
