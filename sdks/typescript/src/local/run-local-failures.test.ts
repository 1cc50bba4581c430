import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentError, defineAgent, SkeinError, type JsonValue } from '../index.ts';
import { runLocal, startLocal, type LocalAgent, type LocalOptions, type LocalRun } from './index.ts';

const virtual = { clock: 'virtual', log: () => {} } as const;
type Node = Readonly<Record<string, JsonValue>> & { readonly id: string };
const agent = (id: string, rest: Readonly<Record<string, JsonValue>> = {}): Node => {
  return { id, type: 'agent', agent_id: id, ...rest };
};
const graph = (nodes: readonly Node[], ...edges: readonly (readonly [string, string, string?])[]) => ({
  id: 'graph',
  nodes: [...nodes],
  edges: edges.map(([from, to, on = 'success']) => ({ from, to, on })),
});
const failing = (code: string, retryable = false): LocalAgent => {
  return () => {
    throw new AgentError(code, { retryable, message: `it is ${code}` });
  };
};

suite('attempts', () => {
  test('backoffs pass at once, as long as the policy says', async () => {
    let calls = 0;
    const started: number[] = [];
    const workflow = graph([agent('flaky', { retry: { max_attempts: 4, initial: '10s', multiplier: 3, max: '1m' } })]);
    const run = await runLocal(workflow, {
      ...virtual,
      agents: {
        flaky: (_input, { attempt }) => {
          if ((calls += 1) < 4) throw new Error('not yet');
          return attempt;
        },
      },
      onEvent: ({ type, occurredAt }) => void (type === 'node_scheduled' && started.push(Number(occurredAt))),
    });
    assert.equal(run.output, 4);
    assert.equal(run.nodes['flaky']?.attempts, 4);
    assert.deepEqual(
      started.slice(1).map((at, index) => at - (started[index] ?? 0)),
      [10_000, 30_000, 60_000],
    );
  });

  test('start_to_close, heartbeat and schedule_to_close run out', async () => {
    const slow: LocalAgent = async (_input, ctx) => await ctx.sleep(60_000);
    const once = { retry: { max_attempts: 1 } };
    const limits = { start_to_close: '30s', heartbeat: '30s', schedule_to_close: '30s' };
    for (const [name, limit] of Object.entries(limits)) {
      const workflow = graph([agent('slow', { ...once, timeouts: { [name]: limit } })]);
      const run: LocalRun = await runLocal(workflow, { ...virtual, agents: { slow } });
      assert.equal(run.error?.reason, 'TIMEOUT', name);
      assert.equal(run.error.place, 'nodes.slow');
      const [first, last] = [run.events.at(0), run.events.at(-1)];
      assert.equal(Number(last?.occurredAt) - Number(first?.occurredAt), 30_000, name);
    }
    const alive: LocalAgent = async (_input, ctx) => {
      for (let step = 0; step < 4; step += 1) {
        await ctx.sleep(20_000);
        ctx.heartbeat({ step });
      }
      return 'done';
    };
    const workflow = graph([agent('alive', { timeouts: { heartbeat: '30s' } })]);
    const run = await runLocal(workflow, { ...virtual, agents: { alive } });
    assert.equal(run.output, 'done');
    assert.equal(run.events.filter(({ type }) => type === 'task_heartbeat').length, 4);
  });

  test('an agent that hangs is timed out by the real clock, and its signal aborts', async () => {
    const reasons: unknown[] = [];
    const hung: LocalAgent = async (_input, { signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      await Promise.withResolvers<never>().promise;
    };
    const limits = { timeouts: { start_to_close: '20ms' }, retry: { max_attempts: 2, initial: '1ms' } };
    const run = await runLocal(graph([agent('hung', limits)]), { agents: { hung } });
    assert.equal(run.error?.reason, 'TIMEOUT');
    assert.equal(reasons.length, 2);
  });

  test('where a heartbeat had come is told to the next attempt', async () => {
    const worker: LocalAgent = (_input, ctx) => {
      if (ctx.resumeDetails !== undefined) return ctx.resumeDetails;
      ctx.heartbeat({ page: 7 });
      throw new Error('lost');
    };
    const run = await runLocal(graph([agent('worker')]), { ...virtual, agents: { worker } });
    assert.deepEqual(run.output, { page: 7 });
  });
});

suite('the graph', () => {
  test('error edges and on_error: skip', async () => {
    const workflow = graph([agent('bad'), agent('mend')], ['bad', 'mend', 'error']);
    const run = await runLocal(workflow, { agents: { bad: failing('BROKEN'), mend: (input: JsonValue) => input } });
    assert.deepEqual(run.output, { error: { code: 'BROKEN', message: 'it is BROKEN', place: 'nodes.bad' } });
    const skipped = graph([agent('bad', { on_error: 'skip' }), agent('next')], ['bad', 'next']);
    const other = await runLocal(skipped, { agents: { bad: failing('BROKEN'), next: () => 'went on' } });
    assert.equal(other.output, 'went on');
    assert.equal(other.nodes['bad']?.state, 'SKIPPED');
  });

  test('joins of any and N cancel what they do not need', async () => {
    const sleeper = (ms: number): LocalAgent => {
      return async (_input, ctx) => {
        await ctx.sleep(ms);
        return ms;
      };
    };
    for (const [join, cancelled] of [
      ['any', ['b', 'c']],
      [2, ['c']],
    ] as const) {
      const nodes = [agent('a'), agent('b'), agent('c'), { id: 'joined', type: 'transform', join }];
      const workflow = graph(nodes, ['a', 'joined'], ['b', 'joined'], ['c', 'joined']);
      const agents = { a: sleeper(1000), b: sleeper(2000), c: sleeper(3000) };
      const run = await runLocal(workflow, { ...virtual, agents });
      assert.equal(run.state, 'DONE');
      const stopped = Object.entries(run.nodes).filter(([, { state }]) => state === 'CANCELLED');
      assert.deepEqual(
        stopped.map(([id]) => id),
        cancelled,
      );
    }
  });

  test('compensate undoes what was done, the last first', async () => {
    const undone: unknown[] = [];
    const undo: LocalAgent = (input: JsonValue) => void undone.push(input);
    const compensate = { type: 'agent', agent_id: 'undo' };
    const nodes = [agent('flight', { compensate }), agent('hotel', { compensate }), agent('pay')];
    const workflow = graph(nodes, ['flight', 'hotel'], ['hotel', 'pay']);
    const agents = { flight: () => 'F1', hotel: () => 'H1', pay: failing('DECLINED'), undo };
    const run = await runLocal(workflow, { agents });
    assert.equal(run.state, 'FAILED');
    assert.equal(run.error?.reason, 'DECLINED');
    assert.deepEqual(undone, ['H1', 'F1']);
    assert.equal(run.nodes['hotel~compensate']?.state, 'SUCCEEDED');
  });

  test('a map whose item fails cancels the others', async () => {
    const body = { nodes: [agent('each')] };
    const workflow = graph([{ id: 'all', type: 'map', items: '${ input }', body }]);
    const each: LocalAgent = async (item: number, ctx) => {
      if (item === 1) throw new AgentError('BAD_ITEM');
      await ctx.sleep(1000);
    };
    const run = await runLocal(workflow, { ...virtual, input: [0, 1, 2], agents: { each } });
    assert.equal(run.error?.reason, 'BAD_ITEM');
    assert.deepEqual(
      run.childRuns.map(({ state }) => state),
      ['CANCELLED', 'FAILED', 'CANCELLED'],
    );
  });
});

suite('cancelling', () => {
  test('aborts the calls, undoes what was done, and resolves', async () => {
    const undone: unknown[] = [];
    const reached = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const nodes = [agent('book', { compensate: { type: 'agent', agent_id: 'undo' } }), agent('hang')];
    const controller = new AbortController();
    const running = runLocal(graph(nodes, ['book', 'hang']), {
      signal: controller.signal,
      agents: {
        book: () => 'B1',
        undo: (input: JsonValue) => void undone.push(input),
        hang: async (_input, { signal }) => {
          signal.addEventListener('abort', () => aborted.resolve());
          reached.resolve();
          await Promise.withResolvers<never>().promise;
        },
      },
    });
    await reached.promise;
    controller.abort(new Error('enough'));
    const run = await running;
    await aborted.promise;
    assert.equal(run.state, 'CANCELLED');
    assert.equal(run.error?.reason, 'CANCELLED');
    assert.match(run.error.message, /enough/);
    assert.deepEqual(undone, ['B1']);
  });

  test('through the handle, child runs with it', async () => {
    const body = { nodes: [{ id: 'hold', type: 'wait', duration: '1h' }] };
    const handle = startLocal(graph([{ id: 'all', type: 'map', items: '${ input }', body }]), { input: [1, 2] });
    handle.cancel('by hand');
    const run = await handle.ended;
    assert.equal(run.state, 'CANCELLED');
    assert.deepEqual(
      run.childRuns.map(({ state }) => state),
      ['CANCELLED', 'CANCELLED'],
    );
  });
});

suite('refused', () => {
  const refusal = async (workflow: Parameters<typeof runLocal>[0], options: LocalOptions): Promise<SkeinError> => {
    const thrown: unknown = await runLocal(workflow, options).catch((error: unknown) => error);
    assert.ok(thrown instanceof SkeinError);
    return thrown;
  };

  test('an unknown agent, before anybody is called', async () => {
    const called: string[] = [];
    const workflow = graph([agent('known'), agent('unknown')], ['known', 'unknown']);
    const error = await refusal(workflow, { agents: { known: () => void called.push('known') } });
    assert.deepEqual([error.reason, error.place], ['AGENT_NOT_FOUND', 'agents.unknown']);
    assert.match(error.message, /given: known/);
    assert.match(error.remedy, /agents: \{ 'unknown'/);
    assert.deepEqual(called, []);
  });

  test('a definition with errors, an input that does not fit', async () => {
    const broken = await refusal(graph([agent('a')], ['a', 'nowhere']), {});
    assert.deepEqual([broken.reason, broken.violations[0]?.field], ['INVALID_WORKFLOW', 'edges[0].to']);
    const strict = { ...graph([agent('a')]), input_schema: { type: 'object', required: ['text'] } };
    const input = await refusal(strict, { input: {} });
    assert.deepEqual([input.reason, input.violations.length], ['INPUT_SCHEMA_VIOLATION', 1]);
  });

  test('a wait without end for what nobody gives', async () => {
    const error = await refusal(graph([{ id: 'paid', type: 'signal', signal_name: 'paid' }]), {});
    assert.deepEqual([error.reason, error.place], ['INVALID_FIELD', 'signals.paid']);
  });

  test('models, tools and services that were not given fail their nodes', async () => {
    const nodes: Record<string, Node> = {
      MODEL_NOT_FOUND: { id: 'it', type: 'llm', model: 'm', prompt: 'x' },
      TOOL_NOT_FOUND: { id: 'it', type: 'tool', tool_id: 't' },
      SERVICE_NOT_FOUND: { id: 'it', type: 'rpc', service_id: 's', method: 'a.B/C' },
    };
    for (const [reason, node] of Object.entries(nodes)) {
      const run = await runLocal(graph([node]));
      assert.equal(run.error?.reason, reason);
      assert.ok(!run.events.some(({ type }) => type.endsWith('_done') && type !== 'run_done'));
    }
  });

  test('an agent checks its own input and output', async () => {
    const strict = defineAgent<{ text: string }>(
      { id: 'strict', version: '1.0.0', input: { type: 'object', required: ['text'] }, output: { type: 'string' } },
      ({ text }) => (text === 'bad' ? 5 : text),
    );
    const reasonOf = async (input: unknown) =>
      (await runLocal(graph([agent('strict')]), { input, agents: { strict } })).error?.reason;
    assert.equal(await reasonOf({}), 'INVALID_INPUT');
    assert.equal(await reasonOf({ text: 'bad' }), 'OUTPUT_SCHEMA_VIOLATION');
    assert.equal(await reasonOf({ text: 'good' }), undefined);
  });

  test('what a listener throws ends the run', async () => {
    const onEvent = () => {
      throw new Error('of the listener');
    };
    await assert.rejects(runLocal(graph([{ id: 'a', type: 'transform' }]), { onEvent }), /of the listener/);
  });
});
