/**
 * Starts a workflow in this process.
 *
 * N1. A run that cannot begin throws, as the platform refuses it, and calls nobody.
 * N2. How a run ends is its result, not an error: a failed run resolves. What rejects is that it cannot go on at all.
 */
import { randomUUID } from 'node:crypto';
import type { JsonValue } from '@bufbuild/protobuf';
import { checkedSearchAttributes, Payload, resolveSearchAttributes, type Plan, type StartRun } from '@skein/domain';
import { plain } from '../agent/steps.ts';
import { LocalEngine, NAMESPACE } from './local-engine.ts';
import { LocalPeople, waitedFor } from './local-people.ts';
import { localRun, type LocalRun } from './local-run.ts';
import { checkStart, planOf, plansOf } from './local-plans.ts';
import { refused } from './local-failure.ts';
import type { ApprovalDecision, LocalOptions, LocalWorkflow } from './options.ts';

/** Which run is meant, where it is a child run. Default: the one that was started. */
export interface WhichRun {
  readonly runId?: string;
}

/** A run under way. What it throws is a SkeinError with the platform's reason. */
export interface LocalHandle<Output> {
  readonly runId: string;
  /** Once the run and its child runs have ended. */
  readonly ended: Promise<LocalRun<Output>>;
  /** Sends a signal, also before a node waits for it. One with the id of an earlier one has no effect. */
  signal(name: string, payload?: JsonValue, options?: WhichRun & { readonly signalId?: string }): void;
  /** Takes a decision that a node waits for. */
  decide(nodeId: string, decision: boolean | ApprovalDecision, options?: WhichRun): void;
  /** Answers what the agent of a node asks. */
  answer(nodeId: string, value: JsonValue, options?: WhichRun): void;
  /** Cancels the run; what its nodes did is undone first. */
  cancel(reason?: string): void;
}

/** Starts the run; its first nodes are at work when this returns. @throws SkeinError INVALID_WORKFLOW, INPUT_SCHEMA_VIOLATION, AGENT_NOT_FOUND */
export function startLocal<Output = JsonValue>(
  workflow: LocalWorkflow,
  options: LocalOptions = {},
): LocalHandle<Output> {
  return begin<Output>(workflow, options, false);
}

/**
 * Runs a workflow in this process, and answers how it ended: also a failed or cancelled run resolves.
 * @throws SkeinError as startLocal; INVALID_FIELD where it waits without end for what the options do not give
 */
export async function runLocal<Output = JsonValue>(
  workflow: LocalWorkflow,
  options: LocalOptions = {},
): Promise<LocalRun<Output>> {
  return await begin<Output>(workflow, options, true).ended;
}

function begin<Output>(workflow: LocalWorkflow, options: LocalOptions, isAlone: boolean): LocalHandle<Output> {
  const plan = planOf(workflow);
  const plans = plansOf(options);
  const input = plain((options.input ?? null) as JsonValue);
  checkStart(plan, input, options);
  const runId = randomUUID();
  const over = Promise.withResolvers<LocalRun<Output>>();
  const onAbort = (): void => cancel(reasonOf(options.signal?.reason));
  const finish = (): void => options.signal?.removeEventListener('abort', onAbort);
  const engine: LocalEngine = new LocalEngine(options, plans, {
    changed: (cell, state) => people.provide(cell, state),
    failed: (error) => {
      finish();
      over.reject(error);
    },
    ended: () => {
      finish();
      const cell = engine.cells.get(runId);
      engine[Symbol.dispose]();
      if (cell !== undefined) over.resolve(localRun<Output>(cell, engine.cells));
    },
    idle: () => {
      if (isAlone) engine.fail(stuck(engine));
    },
  });
  const people = new LocalPeople(engine, options);
  const cancel = (reason: string): void => engine.submit(runId, { kind: 'cancel_run', reason });
  engine.start(runId, { plan, command: startCommand(plan, runId, input, options) });
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  return {
    runId,
    ended: over.promise,
    signal: (name, payload = null, { runId: which = runId, signalId } = {}) =>
      people.signal(which, name, payload, signalId),
    decide: (nodeId, decision, { runId: which = runId } = {}) =>
      people.decide(which, nodeId, typeof decision === 'boolean' ? { approved: decision } : decision),
    answer: (nodeId, value, { runId: which = runId } = {}) => people.answer(which, nodeId, value),
    cancel: (reason = '') => cancel(reason),
  };
}

function reasonOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : typeof reason === 'string' ? reason : 'aborted';
}

function startCommand(plan: Plan, runId: string, input: JsonValue, options: LocalOptions): StartRun {
  const { labels = {}, sessionId = '' } = options;
  const { workflowId } = plan;
  const facts = { id: runId, workflow_id: workflowId, workflow_version: 1, namespace: NAMESPACE };
  const made = resolveSearchAttributes(plan, input, { ...facts, session_id: sessionId });
  const searchAttributes = checkedSearchAttributes(made);
  const told = { labels, sessionId, traceparent: '', searchAttributes };
  return { kind: 'start_run', workflowVersion: 1, input: Payload.fromValue(input), ...told };
}

/** Nobody is at work, no time is waited for, and nobody can come along. */
function stuck({ cells }: LocalEngine) {
  const waits = Array.from(cells.values()).flatMap(({ state }) => waitedFor(state?.nodes.values() ?? []));
  const nodes = waits.map(({ nodeId }) => nodeId).join(', ');
  const options = waits.map(({ option }) => `\`${option}\``).join(', ');
  const message = `the run waits at ${nodes} for what nobody gives`;
  return refused('INVALID_FIELD', message, waits[0]?.option ?? 'options', `give ${options}, or use startLocal`);
}
