import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ended, flaky, keyTo, recordedRun, started } from '../testing/recorded-run.ts';
import { IDENTITY } from '../testing/run-world.ts';
import { compileWorkflow } from '../workflow/compile-plan.ts';
import type { NodeDefinition, WorkflowDefinition } from '../workflow/definition.ts';
import { planAt } from '../workflow/plan-at.ts';
import type { RunCommand } from './command.ts';
import { BrokenHistoryError, foldHistory, type HistoryEvent } from './history.ts';
import { Payload } from './payload.ts';
import { replay, type Divergence } from './replay.ts';

const agent = (id: string, more: object = {}) => ({ id, type: 'agent', agent_id: id, ...more }) as NodeDefinition;

const TRIAGE: WorkflowDefinition = {
  id: 'triage',
  nodes: [
    agent('sort', { retry: { max_attempts: 2, initial: '1s', jitter: 0.1 } }),
    agent('bill', { join: 'all', input: { text: '${ output.sort.text }' } }),
    agent('help'),
    agent('close', { join: 'any' }),
  ],
  edges: [
    { from: 'sort', to: 'bill', condition: "output.sort.kind == 'bill'" },
    { from: 'sort', to: 'help' },
    { from: 'bill', to: 'close' },
    { from: 'help', to: 'close' },
  ],
};

const HISTORY = recordedRun(compileWorkflow(TRIAGE), [
  [0, started({ text: 'hello' })],
  [10, ended('sort', flaky())],
  [2_000, { kind: 'fire_timers' }],
  [2_010, ended('sort', { output: { kind: 'bill', text: 'pay' } }, { attempt: 2 })],
  [2_020, ended('bill', { output: 'paid' })],
  [2_030, ended('close', { output: 'closed' })],
]);

function divergencesOf(definition: WorkflowDefinition, history: readonly HistoryEvent[] = HISTORY): Divergence[] {
  return [...replay(compileWorkflow(definition), IDENTITY, history).divergences];
}

/** `code node/field,field` of each divergence. */
function inShort(divergences: readonly Divergence[]): string[] {
  return divergences.map(({ code, nodeId, fields }) => `${code} ${nodeId}/${fields.join(',')}`);
}

function withNode(id: string, change: object): WorkflowDefinition {
  return { ...TRIAGE, nodes: TRIAGE.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)) };
}

function withEdges(edges: WorkflowDefinition['edges']): WorkflowDefinition {
  return { ...TRIAGE, edges };
}

test('a history replays on the plan that made it, and on one that differs where the run was not', () => {
  assert.deepEqual(divergencesOf(TRIAGE), []);
  assert.deepEqual(divergencesOf(withNode('help', { agent_id: 'another' })), []);
});

test('a changed condition takes another way: reported where it is taken', () => {
  const [to, ...rest] = TRIAGE.edges;
  assert.ok(to);
  const found = divergencesOf(withEdges([{ ...to, condition: "output.sort.kind == 'bills'" }, ...rest]));
  assert.deepEqual(inShort(found), ['OTHER_FIELDS sort/nextNodeIds']);
  const [first] = found;
  assert.deepEqual(first?.decided?.kind === 'node_succeeded' && first.decided.nextNodeIds, ['help']);
  assert.match(first?.hint ?? '', /edges of the node and their conditions/);
});

test('a changed join ends the wait of a node at another time', () => {
  const found = divergencesOf({
    ...withNode('close', { join: 'all' }),
    edges: [...TRIAGE.edges, { from: 'sort', to: 'close', condition: "output.sort.kind == 'never'" }],
  });
  // All that leads there has ended when the last does: the same. Two of them never lead there.
  assert.deepEqual(found, []);
  const two = divergencesOf(withNode('close', { join: 2 }));
  assert.deepEqual(inShort(two), ['NOT_RECORDED close/', 'OTHER_EVENT close/']);
  assert.equal(two[1]?.decided?.kind, 'node_skipped');
});

test('a node that is gone is named wherever the run met it', () => {
  const nodes = TRIAGE.nodes.filter(({ id }) => id !== 'bill');
  const edges = TRIAGE.edges.filter(({ from, to }) => from !== 'bill' && to !== 'bill');
  const found = divergencesOf({ ...TRIAGE, nodes, edges });
  assert.ok(found.some(({ code, nodeId, hint }) => code === 'NODE_MISSING' && nodeId === 'bill' && /bill/.test(hint)));
});

test('a node that is new is decided where the history ends without it', () => {
  const nodes = [...TRIAGE.nodes, agent('extra')];
  const found = divergencesOf({ ...TRIAGE, nodes, edges: [...TRIAGE.edges, { from: 'close', to: 'extra' }] });
  assert.deepEqual(inShort(found), ['OTHER_FIELDS close/nextNodeIds']);
});

test('a retry is held against the policy: its bounds, not its draw', () => {
  const jittered = (retry: object) =>
    divergencesOf(withNode('sort', { retry: { max_attempts: 2, initial: '1s', ...retry } }));
  assert.deepEqual(jittered({ jitter: 0.5 }), []);
  assert.deepEqual(inShort(jittered({ initial: '5s' })), ['OTHER_FIELDS sort/retryAtMs']);
  assert.deepEqual(inShort(jittered({ jitter: 0 })), ['OTHER_FIELDS sort/retryAtMs']);
  const [first] = jittered({ max_attempts: 1 });
  assert.equal(first?.code, 'OTHER_EVENT');
  assert.equal(first.decided?.kind, 'node_failed');
});

test('an input that comes out different is noticed by its digest', () => {
  const found = divergencesOf(withNode('bill', { input: { text: '${ output.sort.kind }' } }));
  assert.deepEqual(inShort(found), ['OTHER_FIELDS bill/inputDigest']);
});

test('an input that the schema refuses is reported', () => {
  const found = divergencesOf({ ...TRIAGE, input_schema: { type: 'object', required: ['customer'] } });
  assert.deepEqual(inShort(found), ['INPUT_REFUSED /']);
});

test('a recorded event that does not follow is reported, and the replay goes on after it', () => {
  const tampered = HISTORY.map((entry) =>
    entry.event.kind === 'run_done' ? { ...entry, event: { ...entry.event, result: { outputSeq: 1 } } } : entry,
  );
  assert.deepEqual(inShort(divergencesOf(TRIAGE, tampered)), ['OTHER_FIELDS /result']);
});

const TIMED: WorkflowDefinition = {
  id: 'timed',
  edges: [],
  nodes: [
    agent('slow', {
      retry: { max_attempts: 3, initial: '10s' },
      timeouts: { start_to_close: '2s', schedule_to_start: '1s', schedule_to_close: '20s' },
    }),
  ],
};

test('timeouts that left nothing but their failure are made again by the clock', () => {
  const plan = compileWorkflow(TIMED);
  const key = keyTo('slow');
  const history = recordedRun(plan, [
    [0, started(null)],
    [1_000, { kind: 'task_timed_out', key, timeout: 'schedule_to_start' }],
    [11_100, { kind: 'fire_timers' }],
    [13_100, { kind: 'task_timed_out', key: { ...key, attempt: 2 }, timeout: 'start_to_close' }],
  ]);
  assert.equal(history.at(-1)?.event.kind, 'run_failed');
  assert.deepEqual(divergencesOf(TIMED, history), []);
  const whole = recordedRun(plan, [
    [0, started(null)],
    [20_000, { kind: 'fire_timers' }],
  ]);
  assert.deepEqual(divergencesOf(TIMED, whole), []);
});

test('an outcome that nobody knows replays, whatever made it unknown', () => {
  const definition = { ...TIMED, nodes: [{ ...TIMED.nodes[0], delivery: 'at_most_once' } as NodeDefinition] };
  const plan = compileWorkflow(definition);
  const causes = [
    { kind: 'task_timed_out' as const, key: keyTo('slow'), timeout: 'start_to_close' as const },
    { kind: 'lose_dispatch' as const, key: keyTo('slow'), reason: 'executor_lost' as const },
    ended('slow', flaky('AGENT_UNREACHABLE'), { called: false }),
    ended('slow', flaky('AGENT_UNREACHABLE')),
  ];
  for (const cause of causes) {
    const history = recordedRun(plan, [
      [0, started(null)],
      [10, cause],
    ]);
    assert.equal(history.at(-1)?.event.kind, 'run_failed');
    assert.deepEqual(divergencesOf(definition, history), []);
  }
});

test('what was reported late, or without a call, or together replays', () => {
  const definition: WorkflowDefinition = { id: 'loose', edges: [], nodes: [agent('a'), agent('b')] };
  const plan = compileWorkflow(definition);
  const tooLarge = { output: 'x'.repeat(1024 * 1024) };
  const history = recordedRun(plan, [
    [0, started(1), ended('a', flaky('BUSY'), { called: false })],
    [1_500, { kind: 'fire_timers' }],
    [1_500, { kind: 'lose_dispatch', key: keyTo('a', 2), reason: 'scheduler_restarted' }],
    [1_600, ended('b', { output: 1 }, { called: false }), ended('a', tooLarge, { attempt: 2 })],
    [1_700, { kind: 'cancel_run', reason: 'enough' }],
  ]);
  assert.deepEqual(divergencesOf(definition, history), []);
});

const UNDONE: WorkflowDefinition = {
  id: 'undone',
  nodes: [
    agent('book', { compensate: { type: 'agent', agent_id: 'unbook' } }),
    agent('pay', { retry: { max_attempts: 1 } }),
  ],
  edges: [{ from: 'book', to: 'pay' }],
};

test('what is undone replays, whether the run fails or is cancelled', () => {
  const plan = compileWorkflow(UNDONE);
  const [undo = ''] = plan.compensations.keys();
  const booked = [started(1), ended('book', { output: 'booked' })] as const;
  for (const cause of [ended('pay', flaky()), { kind: 'cancel_run', reason: 'no' } as const]) {
    const history = recordedRun(plan, [
      [0, ...booked],
      [10, cause],
      [20, ended(undo, { output: 'unbooked' })],
    ]);
    assert.match(history.at(-1)?.event.kind ?? '', /run_(failed|cancelled)/);
    assert.equal(history.filter(({ event }) => 'nodeId' in event && event.nodeId === undo).length > 1, true);
    assert.deepEqual(divergencesOf(UNDONE, history), []);
  }
});

test('waits, signals and decisions replay, and so does their time running out', () => {
  const definition = {
    id: 'waits',
    nodes: [
      { id: 'nap', type: 'wait', duration: '1m' },
      { id: 'go', type: 'signal', signal_name: 'go', timeout: '1h', on_error: 'skip' },
      {
        id: 'sign',
        type: 'approval',
        prompt: 'sign?',
        expires_in: '1h',
        on_error: 'skip',
        escalation: { after: '10m', approvers: ['boss'] },
      },
    ],
    edges: [],
  } as unknown as WorkflowDefinition;
  const plan = compileWorkflow(definition);
  const signal = { kind: 'send_signal', name: 'go', payload: Payload.fromValue(1), signalId: 's' } as const;
  const decision = { approved: true, decidedBy: 'ann', comment: '', form: Payload.fromValue(null) };
  const hourMs = 3_600_000;
  const told = recordedRun(plan, [
    [0, started(1)],
    [10, signal],
    [60_000, { kind: 'fire_timers' }],
    [600_000, { kind: 'fire_timers' }],
    [700_000, { kind: 'pause_run', nodeId: '', reason: 'wait' }],
    [700_010, { kind: 'resume_run', nodeId: '' }],
    [700_020, { kind: 'decide_approval', nodeId: 'sign', ...decision }],
  ]);
  assert.equal(told.at(-1)?.event.kind, 'run_done');
  assert.deepEqual(divergencesOf(definition, told), []);
  const late = recordedRun(plan, [
    [0, started(1)],
    [60_000, { kind: 'fire_timers' }],
    [hourMs, { kind: 'fire_timers' }],
  ]);
  assert.equal(late.at(-1)?.event.kind, 'run_done');
  assert.deepEqual(divergencesOf(definition, late), []);
  const terminated = recordedRun(plan, [
    [0, started(1)],
    [10, { kind: 'terminate_run', reason: 'stop' }],
  ]);
  assert.deepEqual(divergencesOf(definition, terminated), []);
});

test('child runs replay on both sides, and a fork takes over what it took over', () => {
  const definition = {
    id: 'parent',
    nodes: [
      {
        id: 'each',
        type: 'map',
        items: '${ input }',
        concurrency: 1,
        body: { nodes: [agent('item')], edges: [] },
      },
    ],
    edges: [],
  } as unknown as WorkflowDefinition;
  const plan = compileWorkflow(definition);
  const [parent] = [recordedRun(plan, [[0, started(['a', 'b'])]])];
  const ids = parent?.flatMap(({ event }) => (event.kind === 'child_runs_started' ? event.childRunIds : [])) ?? [];
  const childEnded = (index: number, childRunId: string): RunCommand => ({
    kind: 'child_ended',
    nodeId: 'each',
    attempt: 1,
    index,
    childRunId,
    outcome: { output: Payload.fromValue(index) },
  });
  const first = recordedRun(plan, [
    [0, started(['a', 'b'])],
    [10, childEnded(0, ids[0] ?? '')],
  ]);
  const second = first.flatMap(({ event }) => (event.kind === 'child_runs_started' ? event.childRunIds : [])).at(-1);
  const whole = recordedRun(plan, [
    [0, started(['a', 'b'])],
    [10, childEnded(0, ids[0] ?? '')],
    [20, childEnded(1, second ?? '')],
  ]);
  assert.equal(whole.at(-1)?.event.kind, 'run_done');
  assert.deepEqual(divergencesOf(definition, whole), []);

  const body = planAt(plan, 'each');
  const link = { runId: IDENTITY.runId, nodeId: 'each', attempt: 1, index: 0, depth: 1 };
  const begin = { ...started('a'), bodyPath: 'each', parent: link } as RunCommand;
  const child = recordedRun(body, [
    [0, begin],
    [10, ended('item', { output: 'A' })],
  ]);
  assert.equal(child.at(-1)?.event.kind, 'run_done');
  assert.deepEqual(divergencesOf(definition, child), []);
  assert.deepEqual(inShort(divergencesOf(TRIAGE, child)), ['NODE_MISSING /']);

  const digest = HISTORY.flatMap(({ event }) => (event.kind === 'node_scheduled' ? [event.inputDigest] : []))[0];
  const output = Payload.fromValue({ kind: 'bill', text: 'pay' });
  const results = new Map([['sort', { inputDigest: digest, output, seq: 9 }]]);
  const fork = { ...started({ text: 'hello' }), fork: { runId: 'r', seq: 20, results } } as RunCommand;
  const forked = recordedRun(compileWorkflow(TRIAGE), [
    [0, fork],
    [10, ended('bill', { output: 'paid' })],
  ]);
  assert.ok(forked.some(({ event }) => event.kind === 'result_reused'));
  assert.deepEqual(divergencesOf(TRIAGE, forked), []);
});

test('a history that no run can have is refused', () => {
  const fold = (history: readonly HistoryEvent[]) => () => foldHistory(IDENTITY, history);
  assert.throws(fold([]), BrokenHistoryError);
  assert.throws(fold(HISTORY.slice(1)), BrokenHistoryError);
  assert.throws(fold(HISTORY.filter(({ seq }) => seq !== 3)), { seq: 4 });
  assert.throws(
    fold([...HISTORY, { ...HISTORY[1], seq: HISTORY.length + 1 } as HistoryEvent]),
    /after the run has ended/,
  );
  assert.throws(fold([HISTORY[0], { ...HISTORY[0], seq: 2 }] as HistoryEvent[]), /a second time/);
  assert.equal(foldHistory(IDENTITY, HISTORY).output?.value, Payload.fromValue('closed').value);
});
