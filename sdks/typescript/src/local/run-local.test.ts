import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentError, defineAgent, type JsonValue } from '../index.ts';
import { runLocal, startLocal, type LocalOptions, type LocalRun } from './index.ts';

const virtual = { clock: 'virtual', log: () => {} } as const;
const typesOf = ({ events }: Pick<LocalRun<unknown>, 'events'>) => events.map(({ type }) => type);

/** A workflow of one node. */
const only = (node: Readonly<Record<string, JsonValue>>, id = 'only') => ({ id, nodes: [{ id: 'it', ...node }] });
const agentNode = { type: 'agent', agent_id: 'worker' };

suite('every type of node', () => {
  test('agent: input and output have types, deltas stream, events are those of the platform', async () => {
    const greeter = defineAgent<{ name: string }>({ id: 'worker', version: '1.2.0' }, ({ name }, ctx) => {
      ctx.delta('Good day');
      ctx.usage({ inputTokens: 3, outputTokens: 2 });
      return { greeting: `Good day, ${name}` };
    });
    const deltas: string[] = [];
    const run = await runLocal<{ greeting: string }>(only(agentNode), {
      input: { name: 'Ada' },
      agents: { worker: greeter },
      onDelta: ({ nodeId, text }) => deltas.push(`${nodeId}: ${text}`),
    });
    assert.equal(run.state, 'DONE');
    assert.equal(run.output.greeting, 'Good day, Ada');
    assert.deepEqual(deltas, ['it: Good day']);
    assert.deepEqual(typesOf(run), [
      'run_started',
      'node_scheduled',
      'agent_invoke_started',
      'agent_invoke_done',
      'node_succeeded',
      'run_done',
    ]);
    const done = run.events[3]?.payload ?? {};
    assert.deepEqual(done['usage'], { input_tokens: 3, output_tokens: 2 });
    assert.equal(done['streamed_bytes'], 8);
    assert.equal(run.events[2]?.payload['agent_version'], '1.2.0');
  });

  test('decision and transform, from YAML', async () => {
    const source = `
id: routed
nodes:
  - { id: route, type: decision }
  - { id: small, type: transform, expression: "'small'" }
  - { id: large, type: transform, expression: "'large'" }
edges:
  - { from: route, to: large, condition: input.size > 10 }
  - { from: route, to: small }
`;
    assert.equal((await runLocal(source, { input: { size: 11 } })).output, 'large');
    const run = await runLocal(source, { input: { size: 1 } });
    assert.equal(run.output, 'small');
    assert.equal(run.nodes['large']?.state, 'SKIPPED');
  });

  test('llm: answers that do not fit output_schema are asked for again', async () => {
    const schema = { type: 'object', required: ['category'] };
    const asked: number[] = [];
    const answers = ['no JSON', '{"category":"billing"}'];
    const run = await runLocal(only({ type: 'llm', model: 'm', prompt: 'Sort: ${ input }', output_schema: schema }), {
      input: 'ticket',
      llm: ({ messages }) => {
        asked.push(messages.length);
        return { text: answers[asked.length - 1] ?? '', usage: { inputTokens: 1, outputTokens: 1 } };
      },
    });
    assert.deepEqual(run.output, { category: 'billing' });
    assert.deepEqual(asked, [1, 3]);
    const done = run.events.find(({ type }) => type === 'llm_call_done')?.payload;
    assert.deepEqual([done?.['turns'], done?.['usage']], [2, { input_tokens: 2, output_tokens: 2 }]);
    const never = await runLocal(
      only({ type: 'llm', model: 'm', prompt: 'x', output_schema: schema, repair_turns: 0 }),
      { llm: () => 'no' },
    );
    assert.equal(never.error?.reason, 'OUTPUT_SCHEMA_VIOLATION');
    const budget = only({ type: 'llm', model: 'm', prompt: 'x'.repeat(99), context_budget: { bytes: 9 } });
    assert.equal((await runLocal(budget, { llm: () => 'no' })).error?.reason, 'CONTEXT_BUDGET_EXCEEDED');
  });

  test('tool and rpc', async () => {
    const workflow = {
      id: 'calls',
      nodes: [
        { id: 'rate', type: 'tool', tool_id: 'rates' },
        { id: 'stock', type: 'rpc', service_id: 'stock', method: 'stock.v1.StockService/Check' },
      ],
      edges: [{ from: 'rate', to: 'stock' }],
    };
    const run = await runLocal(workflow, {
      input: { country: 'FR' },
      tools: { rates: (input) => ({ input, cents: 5 }) },
      rpc: { stock: ({ method, message }) => ({ method, message }) },
    });
    const rate = { input: { country: 'FR' }, cents: 5 };
    assert.deepEqual(run.output, { method: 'stock.v1.StockService/Check', message: rate });
  });

  test('map: a few at a time, items that fail are collected', async () => {
    let atWork = 0;
    let most = 0;
    const workflow = only({
      type: 'map',
      items: '${ input }',
      concurrency: 2,
      on_item_error: 'collect',
      body: { nodes: [{ id: 'each', ...agentNode }] },
    });
    const run = await runLocal(workflow, {
      ...virtual,
      input: [1, 2, 3, 4, 5],
      agents: {
        worker: async (item: number, ctx) => {
          most = Math.max(most, (atWork += 1));
          await ctx.sleep(10);
          atWork -= 1;
          if (item === 3) throw new AgentError('NO_THREE');
          return item * 2;
        },
      },
    });
    assert.equal(most, 2);
    const output = run.output as { ok: boolean; output?: number; error?: { code: string } }[];
    assert.deepEqual(
      output.map((each) => each.output ?? each.error?.code),
      [2, 4, 'NO_THREE', 8, 10],
    );
    assert.equal(run.childRuns.length, 5);
    assert.deepEqual(
      run.childRuns.map(({ state }) => state),
      ['DONE', 'DONE', 'FAILED', 'DONE', 'DONE'],
    );
  });

  test('loop: until its condition holds', async () => {
    const body = { nodes: [{ id: 'more', type: 'transform', expression: 'input + 1' }] };
    const loop = only({ type: 'loop', max_iterations: 5, until: 'last >= 3', body });
    assert.equal((await runLocal(loop, { input: 0 })).output, 3);
    assert.equal((await runLocal(loop, { input: -9 })).error?.reason, 'MAX_ITERATIONS_REACHED');
  });

  test('subworkflow: its input and output are checked', async () => {
    const child = {
      ...only({ type: 'transform', expression: 'input * 2' }, 'double'),
      input_schema: { type: 'number' },
    };
    const parent = only({ type: 'subworkflow', workflow_id: 'double', output_schema: { maximum: 10 } });
    const workflows = { double: child };
    assert.equal((await runLocal(parent, { input: 4, workflows })).output, 8);
    assert.equal((await runLocal(parent, { input: 6, workflows })).error?.reason, 'OUTPUT_SCHEMA_VIOLATION');
    assert.equal((await runLocal(parent, { input: 'x', workflows })).error?.reason, 'INPUT_SCHEMA_VIOLATION');
    assert.equal((await runLocal(parent, { input: 4 })).error?.reason, 'WORKFLOW_NOT_FOUND');
  });

  test('wait: passes at once by the virtual clock, in its order', async () => {
    const workflow = {
      id: 'waits',
      nodes: [
        { id: 'long', type: 'wait', duration: '7d' },
        { id: 'short', type: 'wait', duration: '1h' },
      ],
    };
    const run = await runLocal(workflow, virtual);
    const ended = run.events.filter(({ type }) => type === 'node_succeeded');
    assert.deepEqual(
      ended.map(({ payload }) => payload['node_id']),
      ['short', 'long'],
    );
    const [first, last] = [run.events.at(0), run.events.at(-1)];
    assert.equal(Number(last?.occurredAt) - Number(first?.occurredAt), 7 * 86_400_000);
  });

  test('signal: given up front, sent later, or never', async () => {
    const signalNode = { type: 'signal', signal_name: 'paid', payload_schema: { type: 'number' }, timeout: '14d' };
    const workflow = only(signalNode);
    assert.equal((await runLocal(workflow, { ...virtual, signals: { paid: 5 } })).output, 5);
    const handle = startLocal(workflow, virtual);
    assert.throws(() => handle.signal('paid', 'much'), { reason: 'INPUT_SCHEMA_VIOLATION' });
    assert.throws(() => handle.signal('shipped'), { reason: 'SIGNAL_NOT_FOUND' });
    handle.signal('paid', 7);
    assert.equal((await handle.ended).output, 7);
    assert.throws(() => handle.signal('paid', 7), { reason: 'RUN_ENDED' });
    assert.equal((await runLocal(workflow, virtual)).error?.reason, 'TIMEOUT');
  });

  test('approval: decided by whoever may', async () => {
    const workflow = only({
      type: 'approval',
      prompt: 'Publish ${ input }?',
      approvers: ['ada', 'group:board'],
      expires_in: '2d',
      on_reject: 'continue',
    });
    const decided = async (approvals: LocalOptions['approvals']) => {
      const run = await runLocal(workflow, { ...virtual, input: 'this', ...(approvals && { approvals }) });
      return run.error?.reason ?? (run.output as { approved: boolean; decided_by: string });
    };
    const yes = await decided({ it: ({ prompt }) => prompt === 'Publish this?' });
    assert.ok(typeof yes === 'object');
    assert.deepEqual([yes.approved, yes.decided_by], [true, 'ada']);
    const no = await decided({ it: { approved: false, decidedBy: 'bob', groups: ['board'] } });
    assert.ok(typeof no === 'object');
    assert.deepEqual([no.approved, no.decided_by], [false, 'bob']);
    await assert.rejects(decided({ it: { approved: true, decidedBy: 'eve' } }), { reason: 'APPROVER_NOT_ALLOWED' });
    assert.equal(await decided(undefined), 'APPROVAL_EXPIRED');
  });

  test('a question of an agent is answered, and the agent called again', async () => {
    const worker = defineAgent({ id: 'worker', version: '1.0.0' }, (_input, ctx) => {
      if (ctx.answer === undefined)
        return ctx.ask({ message: 'Which size?', schema: { type: 'string' }, state: 'asked' });
      return { size: ctx.answer.value, state: ctx.answer.state, key: ctx.idempotencyKey.split('/').slice(1) };
    });
    const options = { agents: { worker }, answers: { it: ({ message }: { message: string }) => `${message} M` } };
    const run = await runLocal(only(agentNode), options);
    assert.deepEqual(run.output, { size: 'Which size? M', state: 'asked', key: ['it', '1', '1'] });
    const wrong = runLocal(only(agentNode), { agents: { worker }, answers: { it: 5 } });
    await assert.rejects(wrong, { reason: 'INPUT_SCHEMA_VIOLATION' });
  });
});
