/** The same workflows, run in this process and on a whole platform: the same ends, the same events. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { AgentError } from '../agent/agent-error.ts';
import { defineAgent } from '../agent/agent.ts';
import { Skein } from '../client/skein.ts';
import { testPlatform } from '../testing/platform.ts';
import { work } from '../worker/work.ts';
import { runLocal, type LocalOptions, type LocalRun } from './index.ts';

let platform: Awaited<ReturnType<typeof testPlatform>>;
before(async () => {
  platform = await testPlatform();
});
after(() => platform[Symbol.asyncDispose]());

interface ShownEvent {
  readonly type: string;
  readonly payload: JsonObject;
}

const EXAMPLES = new URL('../../../../examples/', import.meta.url);
const example = async (path: string): Promise<string> => await readFile(new URL(path, EXAMPLES), 'utf8');

/** What no two runs have in common: times and ids, and who was asked. */
const OWN: ReadonlySet<string> = new Set(
  (
    'started_at retry_at due_at expires_at escalate_at latency decided_at executor_id instance_id agent_version model ' +
    'target child_run_ids child_run_id run_id signal_id message place remedy traceparent usage'
  ).split(' '),
);

/** An event without what is its own; fields that say nothing are left out, as they are on one side alone. */
function comparable({ type, payload }: ShownEvent): unknown {
  return { type, ...(stripped(payload) as JsonObject) };
}

function stripped(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(stripped);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, each]) => !OWN.has(name) && !saysNothing(each));
  return Object.fromEntries(entries.map(([name, each]) => [name, stripped(each)]));
}

function saysNothing(value: JsonValue): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(stripped(value) as object).length === 0;
  return value === 0 || value === false || value === '' || value === 'UNSPECIFIED';
}

/** None where a child run could not be started. */
async function eventsOf(runId: string): Promise<ShownEvent[]> {
  const response = await fetch(
    `${platform.apiUrl}/api/v1/runs/${runId}/events?page_size=1000&include_task_events=false`,
  );
  return ((await response.json()) as { readonly events?: ShownEvent[] }).events ?? [];
}

/** A run's events, and those of its child runs after them, in the order of their start. */
async function historyThere(runId: string): Promise<unknown[]> {
  const events = await eventsOf(runId);
  const children = events.flatMap(({ payload }) => (payload['child_run_ids'] ?? []) as string[]);
  const histories = await Promise.all(children.map(historyThere));
  return [...events.map(comparable), ...histories.filter(({ length }) => length > 0)];
}

function historyHere({ events, childRuns }: LocalRun): unknown[] {
  return [...events.map(comparable), ...childRuns.map(historyHere)];
}

/** Decides as soon as it is asked for. */
async function approve(skein: Skein, runId: string, nodeId: string): Promise<void> {
  await reached(skein, runId, 'approvalRequired');
  const response = await fetch(`${platform.apiUrl}/api/v1/approvals/${runId}/${nodeId}/approve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ decided_by: DECISION.decidedBy, comment: DECISION.comment, form: DECISION.form }),
  });
  assert.equal(response.status, 200, await response.text());
}

async function answer(skein: Skein, runId: string, value: JsonValue): Promise<void> {
  await reached(skein, runId, 'inputRequired');
  await skein.runs.answer(runId, value);
}

async function reached(skein: Skein, runId: string, event: string): Promise<void> {
  for await (const { item } of skein.runs.events(runId)) {
    if (item.case === 'runEvent' && item.value.event.case === event) return;
  }
  assert.fail(`the run ended without ${event}`);
}

/** What the platform's own echo does. */
const echo: LocalOptions['llm'] = ({ messages }, { delta }) => {
  const text = messages.map(({ content }) => content as string).join('\n');
  delta(text);
  return text;
};

const DECISION = { approved: true, decidedBy: 'ada', comment: 'well written', form: { headline: 'News' } };

interface Case {
  /** Of an example, or the name of a workflow of this test. */
  readonly path: string;
  readonly workflow?: JsonObject;
  readonly input: JsonValue;
  readonly others?: readonly string[];
  readonly options?: LocalOptions;
}

const classifier = defineAgent<{ text: string }>({ id: 'classifier-agent', version: '1.0.0' }, ({ text }, ctx) => {
  if (text === 'nonsense') throw new AgentError('UNREADABLE', { message: 'no ticket' });
  if (text === 'flaky' && ctx.attempt === 1) throw new AgentError('BUSY', { retryable: true, retryAfterMs: 10 });
  return { category: text.includes('charged') ? 'billing' : 'technical' };
});
const specialist = (id: string) =>
  defineAgent({ id, version: '1.0.0' }, (_input, ctx) => {
    ctx.delta(`${id} speaks`);
    return { by: id };
  });
const asker = defineAgent({ id: 'asker', version: '1.0.0' }, (_input, ctx) => {
  return ctx.answer === undefined ? ctx.ask({ message: 'Which size?', state: { asked: true } }) : { ...ctx.answer };
});
const AGENTS = {
  asker,
  'classifier-agent': classifier,
  'billing-specialist': specialist('billing-specialist'),
  'tech-support': specialist('tech-support'),
};

const charge = ['patterns/charge-card.yaml'];
const trip = ['patterns/book.yaml', 'patterns/cancel-booking.yaml', ...charge];
const document = { title: 'One', text: 'First sentence. Second.' };
const CASES: readonly Case[] = [
  { path: 'customer-support/workflow.yaml', input: { text: 'charged twice' } },
  { path: 'customer-support/workflow.yaml', input: { text: 'it is broken' } },
  { path: 'customer-support/workflow.yaml', input: { text: 'nonsense' } },
  { path: 'customer-support/workflow.yaml', input: { text: 'flaky' } },
  { path: 'patterns/map-reduce.yaml', input: { documents: [document] }, options: { llm: echo } },
  { path: 'patterns/map-reduce.yaml', input: { documents: [] } },
  { path: 'patterns/until-good.yaml', input: { price: 100, budget: 85 } },
  { path: 'patterns/until-good.yaml', input: { price: 100, budget: 1 } },
  { path: 'patterns/subworkflow.yaml', input: { price: 10, count: 3 }, others: charge },
  { path: 'patterns/subworkflow.yaml', input: { price: 1000, count: 3 }, others: charge },
  { path: 'patterns/signal.yaml', input: null, options: { signals: { paid: { order: 7, amount: 5 } } } },
  {
    path: 'patterns/approval.yaml',
    input: { topic: 'geese', editor: 'ada' },
    options: { llm: echo, approvals: { review: DECISION } },
  },
  {
    path: 'attributed',
    workflow: {
      id: 'attributed',
      search_attributes: { size: '${ input.size }', names: ['a', 'b'] },
      nodes: [{ id: 'input', type: 'input' }],
    },
    input: { size: 3 },
  },
  {
    path: 'asking',
    workflow: { id: 'asking', nodes: [{ id: 'ask', type: 'agent', agent_id: 'asker' }] },
    input: null,
    options: { answers: { ask: 'M' } },
  },
  { path: 'patterns/saga.yaml', input: { hold_seconds: 0, amount: 80 }, others: trip },
  { path: 'patterns/saga.yaml', input: { hold_seconds: 0, amount: 8000 }, others: trip },
];

test('examples end the same, by the same events, here and on a platform', async (t) => {
  const skein = new Skein({ api: platform.apiUrl });
  const silent = { log: () => {}, closeOnSignals: false };
  const workers = Object.values(AGENTS).map((agent) => work(agent, { ...silent, api: platform.apiUrl }));
  await Promise.all(workers.map(({ registered }) => registered));
  for (const [at, { path, workflow, input, others = [], options = {} }] of CASES.entries()) {
    await t.test(`${at} ${path} ${JSON.stringify(input)}`, async () => {
      const source = workflow ?? (await example(path));
      const workflows: Record<string, string> = {};
      for (const other of others) {
        const text = await example(other);
        workflows[(await skein.workflows.apply(text)).workflowId] = text;
      }
      const { workflowId } = await skein.workflows.apply(source);
      const { runId } = await skein.runs.start({ workflow: workflowId, input });
      for (const [name, payload] of Object.entries(options.signals ?? {})) {
        await skein.runs.signal(runId, name, payload as JsonValue);
      }
      if (options.approvals !== undefined) await approve(skein, runId, 'review');
      if (options.answers !== undefined) await answer(skein, runId, options.answers['ask'] as JsonValue);
      const there = await skein.runs.await(runId);
      const here = await runLocal(source, {
        clock: 'virtual',
        ...silent,
        agents: AGENTS,
        input,
        workflows,
        ...options,
      });
      assert.deepEqual([here.state, here.output], [there.state, there.output]);
      assert.equal(here.error?.reason, there.error?.reason);
      assert.deepEqual(historyHere(here), await historyThere(runId));
    });
  }
  await Promise.all(workers.map((worker) => worker.close()));
});
