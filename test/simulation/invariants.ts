import assert from 'node:assert/strict';
import {
  compileWorkflow,
  findPlanNode,
  isTerminal,
  replay,
  type DispatchKey,
  type HistoryEvent,
  type ParentLink,
  type Plan,
  type RunEvent,
  type RunState,
} from '@skein/domain';
import { decodeTransition } from '@skein/events';
import { outcomeOf } from '../../libs/domain/src/testing/run-world.ts';
import { foldHistory } from '../../services/scheduler/src/app/run-history.ts';
import type { RunStore, TransitionRow } from '../../services/scheduler/src/app/run-store.ts';
import { COMMON_WORKFLOW, type Case } from './cases.ts';
import type { HistorySide } from './history-side.ts';
import { checkFires, type SimulatedSchedule } from './schedules.ts';
import { LINGERING_WORKFLOW } from './simulated-calls.ts';
import { stepOf, type Delivery, type SimulatedAgents } from './simulated-agents.ts';
import type { SimulatedClient } from './simulated-client.ts';

/** What is left of a world that has come to rest. */
export interface Remains {
  readonly store: RunStore;
  readonly history: HistorySide;
  readonly agents: SimulatedAgents;
  readonly namespaces: readonly string[];
  readonly clients: readonly { readonly client: SimulatedClient; readonly asked: Case }[];
  readonly schedules: readonly SimulatedSchedule[];
  /** What each run was for. */
  readonly caseOf: (runId: string) => Case;
}

const ANY = {
  workflowId: undefined,
  statuses: [],
  labels: {},
  limit: 100_000,
  beforeRunId: undefined,
  parentRunId: undefined,
  includeChildren: true,
} as const;
/** Ways for a node to end that the calm world does not know: its executors died too often, or once where that was too often. */
const BAD_LUCK = new Set(['DISPATCHES_EXHAUSTED', 'OUTCOME_UNKNOWN']);

/**
 * The promises, checked over a whole world:
 * W1. An acknowledged run is there and has ended; where order does not matter, it came to the right end. So did one that
 *     was forked from it, at whatever event.
 * W2. A history has no gap, no node ends twice in it, and nothing comes after the end.
 * W3. event-log has exactly what the scheduler has: by itself, because the outbox is empty.
 * W4. An idempotent start made one run, however often it was asked for.
 * W5. Work that must not be repeated was not.
 * W6. What a client was told of the end is how it stayed.
 * W7. A child run was asked for by its parent, and has ended no later than nobody wanted it any more.
 * W8. Every history follows from the plan it was decided on: replayed, it comes out the same.
 * W9. A schedule starts one run for each of its fire times that its policy lets through, and no other; where they must not
 *     overlap they do not.
 * W10. No limit was exceeded at any moment (LimitWatch), and no slot is left.
 * W11. Agents, methods and tools are called as what they are, and what is on record of a call is of its kind: once of each
 *     attempt that succeeded.
 * W12. Who is called is told at least how far the node had come by what was stored when the delivery was decided.
 * W13. Who has asked is told the answer and its own state (SimulatedAgents); a question is asked once, and an attempt that
 *      succeeded has asked all that it had to.
 * W14. No agent with a limit is called for an attempt without a slot, and no more hold one than it allows (CallWatch).
 * W15. What an agent has started under one request id is one run, and was stopped with it.
 */
export async function checkPromises(remains: Remains): Promise<void> {
  const { store, clients, schedules, caseOf, namespaces } = remains;
  const rows = (await Promise.all(namespaces.map((namespace) => store.listRuns({ ...ANY, namespace })))).flat();
  const states = new Map<string, RunState>();
  for (const row of rows) {
    const state = await checkHistory(remains, row.runId);
    assert.equal(row.status, state.status, `W2: the row of ${row.runId}`);
    states.set(row.runId, state);
  }
  for (const { client } of clients) {
    const { runId, forkRunId, end, cancelled } = client.told;
    if (runId === undefined) continue;
    if (forkRunId !== undefined) assert.ok(states.has(forkRunId), `W1: ${forkRunId} was acknowledged and is gone`);
    const state = states.get(runId);
    assert.ok(state, `W1: ${runId} was acknowledged and is gone`);
    if (end !== undefined) assert.deepEqual([state.seq, state.status], [end.seq, end.status], `W6: ${runId}`);
    if (cancelled) assert.equal(state.status, 'CANCELLED', `W6: ${runId}`);
  }
  const asked = [...states].filter(([, { parent }]) => parent === undefined);
  for (const [runId, state] of asked) checkOutcome(runId, state, caseOf(runId));
  checkOneRunPerRequest(
    asked.map(([runId]) => runId),
    caseOf,
  );
  for (const state of states.values()) {
    await checkChild(remains, state, states);
    const plan = planOf(state, states, caseOf);
    await checkReplay(remains, state, plan);
    const events = await eventsOf(remains, state.runId);
    checkRecords(state.runId, plan, events);
    if (state.parent === undefined) checkQuestions(state.runId, plan, caseOf(state.runId), events);
  }
  const deliveries = Map.groupBy(remains.agents.deliveries, ({ runId }) => runId);
  for (const [runId, delivered] of deliveries) {
    checkDeliveries(caseOf(runId).plan, delivered, await eventsOf(remains, runId));
  }
  checkCalls(remains);
  const lifetimes = new Map(rows.map(({ runId, createdAtMs, endedAtMs = 0 }) => [runId, { createdAtMs, endedAtMs }]));
  for (const schedule of schedules) {
    assert.equal(
      checkFires(schedule, (runId) => lifetimes.get(runId)),
      undefined,
      'W9',
    );
  }
}

/** W1, W2 and W3 of one run. */
async function checkHistory({ store, history }: Remains, runId: string): Promise<RunState> {
  const loaded = await store.load(runId);
  assert.ok(loaded);
  const { namespace, rows } = loaded;
  const state = foldHistory(runId, namespace, rows);
  assert.ok(isTerminal(state.status), `W1: ${runId} is ${state.status}`);
  const events = rows.flatMap(({ body }) => decodeTransition(body).events);
  const ended = events.flatMap((event) => (ENDS.has(event.kind) && 'nodeId' in event ? event.nodeId : []));
  assert.equal(new Set(ended).size, ended.length, `W2: a node of ${runId} ended twice: ${ended.join(' ')}`);
  const endings = events.filter(({ kind }) =>
    ['run_done', 'run_failed', 'run_cancelled', 'run_terminated'].includes(kind),
  );
  assert.deepEqual(endings, events.slice(-1), `W2: ${runId} goes on after its end`);
  assert.deepEqual((await history.rowsOf(namespace, runId)).map(plain), rows.map(plain), `W3: ${runId}`);
  const read = await history.readAll(namespace, runId, state.seq);
  assert.deepEqual(read.map(plain), rows.map(plain), `W3: ${runId}, as it is read`);
  return state;
}

/** W7. */
async function checkChild({ store }: Remains, { runId, parent }: RunState, states: ReadonlyMap<string, RunState>) {
  if (parent === undefined) return;
  assert.ok(states.has(parent.runId), `W7: ${runId} has no parent`);
  if (parent.called === true) return checkCalled(runId, parent, states);
  const rows = (await store.load(parent.runId))?.rows ?? [];
  const started = rows
    .flatMap(({ body }) => decodeTransition(body).events)
    .filter((event) => event.kind === 'child_runs_started' && event.childRunIds.includes(runId));
  assert.equal(started.length, 1, `W7: ${runId} was asked for ${started.length} times`);
}

/** W15. */
function checkCalled(runId: string, { runId: parentRunId, nodeId }: ParentLink, states: ReadonlyMap<string, RunState>) {
  const status = states.get(runId)?.status ?? 'gone';
  assert.match(status, /^(CANCELLED|TERMINATED)$/, `W15: ${runId} is ${status}`);
  const ofNode = [...states.values()].filter(
    ({ parent }) => parent?.called === true && parent.runId === parentRunId && parent.nodeId === nodeId,
  );
  assert.equal(ofNode.length, 1, `W15: ${parentRunId}/${nodeId} has started ${ofNode.length} runs for one`);
}

/** The workflow that a run was on: of a child, its ancestor's, or the one that all know. */
function planOf(state: RunState, states: ReadonlyMap<string, RunState>, caseOf: Remains['caseOf']): Plan {
  if (state.workflowId === COMMON_WORKFLOW.id) return compileWorkflow(COMMON_WORKFLOW);
  if (state.workflowId === LINGERING_WORKFLOW.id) return compileWorkflow(LINGERING_WORKFLOW);
  let root = state;
  while (root.parent !== undefined) root = states.get(root.parent.runId) ?? assert.fail(`W7: ${root.runId} is alone`);
  return caseOf(root.runId).plan;
}

async function eventsOf({ store }: Remains, runId: string): Promise<readonly RunEvent[]> {
  const { rows = [] } = (await store.load(runId)) ?? {};
  return rows.flatMap(({ body }) => decodeTransition(body).events);
}

/** What kind of node each record of a call is of. */
const RECORD_KINDS: Partial<Record<RunEvent['kind'], string>> = {
  agent_invoke_started: 'agent',
  agent_invoke_done: 'agent',
  rpc_call_started: 'rpc',
  rpc_call_done: 'rpc',
  tool_call_created: 'tool',
  tool_call_done: 'tool',
};
const DONE: ReadonlySet<RunEvent['kind']> = new Set(['agent_invoke_done', 'rpc_call_done', 'tool_call_done']);
const CALLED: ReadonlySet<string | undefined> = new Set(['agent', 'rpc', 'tool']);

/** W11. */
function checkRecords(runId: string, plan: Plan, events: readonly RunEvent[]): void {
  const done: string[] = [];
  const reused = new Set<string>();
  for (const event of events) {
    if (!('nodeId' in event)) continue;
    const { kind, nodeId } = event;
    const called = findPlanNode(plan, nodeId)?.work.kind;
    const recorded = RECORD_KINDS[kind];
    if (recorded !== undefined) assert.equal(recorded, called, `W11: ${kind} of ${runId}/${nodeId}`);
    if (kind === 'result_reused') reused.add(nodeId);
    if (DONE.has(kind) && 'attempt' in event) done.push(`${nodeId}/${event.attempt}`);
    if (kind !== 'node_succeeded' || !CALLED.has(called) || reused.has(nodeId)) continue;
    const attempt = `${nodeId}/${event.attempt}`;
    const count = done.filter((it) => it === attempt).length;
    assert.equal(count, 1, `W11: ${runId}/${attempt} succeeded with ${count} records of its call`);
  }
}

/** W13. */
function checkQuestions(runId: string, plan: Plan, { questionsOf }: Case, events: readonly RunEvent[]): void {
  const asked = new Map<string, string[]>();
  const reused = new Set(events.flatMap((event) => (event.kind === 'result_reused' ? [event.nodeId] : [])));
  for (const event of events) {
    if (event.kind === 'input_required') {
      const attempt = `${event.nodeId}/${event.attempt}`;
      const questions = asked.get(attempt) ?? [];
      assert.ok(!questions.includes(event.question.message), `W13: ${runId}/${attempt} asks the same again`);
      asked.set(attempt, [...questions, event.question.message]);
    }
    if (event.kind !== 'node_succeeded' || reused.has(event.nodeId)) continue;
    if (findPlanNode(plan, event.nodeId)?.work.kind !== 'agent') continue;
    const attempt = `${event.nodeId}/${event.attempt}`;
    const count = asked.get(attempt)?.length ?? 0;
    assert.equal(count, questionsOf(event.nodeId), `W13: the questions of ${runId}/${attempt}`);
  }
}

/** After these a task goes out. */
const DECIDES_DELIVERY: ReadonlySet<RunEvent['kind']> = new Set([
  'node_scheduled',
  'task_dispatch_lost',
  'input_provided',
]);

/** W11 and W12. */
function checkDeliveries(plan: Plan, deliveries: readonly Delivery[], events: readonly RunEvent[]): void {
  const steps = new Map<string, number>();
  const known = new Map<string, number>();
  /** The delivery that ended with a node's last question. */
  const asked = new Map<string, DispatchKey>();
  for (const event of events) {
    if (event.kind === 'task_heartbeat') steps.set(event.nodeId, stepOf({ json: event.resumeDetails.bytes }));
    if (event.kind === 'input_required') asked.set(event.nodeId, event);
    const before = event.kind === 'input_provided' ? asked.get(event.nodeId) : event;
    if (before === undefined || !DECIDES_DELIVERY.has(event.kind) || !('attempt' in before)) continue;
    const dispatch = event.kind === 'node_scheduled' || !('dispatch' in before) ? 1 : before.dispatch + 1;
    known.set(`${before.nodeId}/${before.attempt}/${dispatch}`, steps.get(before.nodeId) ?? 0);
  }
  for (const { runId, nodeId, attempt, dispatch, kind, resumedStep } of deliveries) {
    const delivery = `${nodeId}/${attempt}/${dispatch}`;
    assert.equal(kind, findPlanNode(plan, nodeId)?.work.kind, `W11: what ${runId}/${delivery} was called as`);
    const step = known.get(delivery);
    assert.ok(step !== undefined, `W12: ${runId}/${delivery} was never decided`);
    assert.ok(resumedStep >= step, `W12: ${runId}/${delivery} was told of step ${resumedStep}, and ${step} was stored`);
  }
}

/** W8. */
async function checkReplay({ store }: Remains, state: RunState, plan: Plan): Promise<void> {
  const { rows = [] } = (await store.load(state.runId)) ?? {};
  const history = rows.flatMap(({ firstSeq, body }): HistoryEvent[] => {
    const { occurredAtMs, events } = decodeTransition(body);
    return events.map((event, index) => ({ seq: firstSeq + index, occurredAtMs, event }));
  });
  assert.deepEqual(replay(plan, state, history).divergences, [], `W8: ${state.runId}`);
}

function plain({ firstSeq, eventCount, body }: TransitionRow): unknown {
  return [firstSeq, eventCount, Buffer.from(body).toString('base64')];
}

/** W1. */
function checkOutcome(runId: string, state: RunState, asked: Case): void {
  if (asked.rightOutcome === undefined) return;
  const unlucky = [...state.nodes.values()].some(({ failure }) => BAD_LUCK.has(failure?.code ?? ''));
  if (!unlucky) assert.deepEqual(outcomeOf(state), asked.rightOutcome, `W1: the outcome of ${runId}`);
}

const ENDS: ReadonlySet<string> = new Set(['node_succeeded', 'node_failed', 'node_skipped', 'node_cancelled']);

/** W4. */
function checkOneRunPerRequest(runIds: readonly string[], caseOf: Remains['caseOf']): void {
  const made = new Map<Case, string>();
  for (const runId of runIds) {
    const asked = caseOf(runId);
    assert.equal(made.get(asked), undefined, `W4: ${runId} is the second run for ${asked.requestId ?? 'one start'}`);
    made.set(asked, runId);
  }
}

/** W5. */
function checkCalls({ agents, caseOf }: Remains): void {
  for (const [key, count] of agents.calls) {
    const [runId = '', nodeId = ''] = key.split('/');
    const once = caseOf(runId).plan.nodes.get(nodeId)?.delivery === 'at_most_once';
    assert.ok(!once || count === 1, `W5: ${key} was called ${count} times`);
  }
}
