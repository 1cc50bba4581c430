import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isJsonObject } from '../expression/json.ts';
import { KernelRun } from '../testing/kernel-run.ts';
import type { ApprovalNode, NodeDefinition } from '../workflow/definition.ts';
import type { Question } from './event.ts';
import { Payload } from './payload.ts';
import { replay } from './replay.ts';
import { isWaiting, needsDispatch } from './state.ts';
import { nextTimerMs } from './timers.ts';

const work: NodeDefinition = { id: 'work', type: 'agent', agent_id: 'worker' };

describe('wait', () => {
  const waiting = (settings: object, input = {}) =>
    new KernelRun({ nodes: [{ id: 'pause', type: 'wait', ...settings }] }, input);

  it('lasts as long as it says, and passes its input through', () => {
    for (const settings of [{ duration: '90s' }, { duration: 90 }, { duration: '${ input.seconds }' }]) {
      const run = waiting(settings, { seconds: 90 });
      assert.equal(nextTimerMs(run.plan, run.state), run.nowMs + 90_000);
      assert.ok(isWaiting(run.state));
      run.nowMs += 89_999;
      assert.deepEqual(run.apply({ kind: 'fire_timers' }), []);
      assert.deepEqual(run.nextTimer(), ['node_succeeded', 'run_done']);
      assert.deepEqual(run.end, ['DONE', { seconds: 90 }]);
    }
  });

  it('lasts until a time; one that has passed is no wait', () => {
    const at = new Date(2_000_000).toISOString();
    const run = waiting({ until: '${ input.at }' }, { at });
    run.nextTimer();
    assert.equal(run.nowMs, 2_000_000);
    assert.deepEqual(run.end, ['DONE', { at }]);
    assert.equal(waiting({ until: new Date(0).toISOString() }).state.status, 'DONE');
  });

  it('fails where what it is given is no time', () => {
    for (const settings of [{ duration: '${ input.at }' }, { until: '${ input.at }' }]) {
      assert.deepEqual(waiting(settings, { at: 'soon' }).end, ['FAILED', 'EXPRESSION_FAILED']);
    }
  });
});

describe('signal', () => {
  const send = (name: string, payload: string, signalId = '') =>
    ({ kind: 'send_signal', name, payload: Payload.fromValue(payload), signalId }) as const;
  const paid: NodeDefinition = { id: 'paid', type: 'signal', signal_name: 'payment', timeout: '1h' };

  it('is what the node ends with', () => {
    const run = new KernelRun({ nodes: [paid] });
    assert.deepEqual(run.apply(send('other', 'x')), ['signal_received']);
    assert.deepEqual(run.apply(send('payment', 'card')), ['signal_received', 'node_succeeded', 'run_done']);
    assert.deepEqual(run.end, ['DONE', 'card']);
  });

  it('may come before the node waits; each is taken by one node, the oldest first', () => {
    const second: NodeDefinition = { ...paid, id: 'again' };
    const run = new KernelRun({
      nodes: [work, paid, second],
      edges: [
        { from: 'work', to: 'paid' },
        { from: 'paid', to: 'again' },
      ],
      output: ['${ output.paid }', '${ output.again }'],
    });
    run.apply(send('payment', 'first'));
    run.apply(send('payment', 'second'));
    assert.equal(run.state.signals.length, 2);
    run.ends('work', { output: null });
    assert.deepEqual(run.end, ['DONE', ['first', 'second']]);
  });

  it('that is sent twice counts once', () => {
    const run = new KernelRun({
      nodes: [paid, { ...paid, id: 'again' }],
      edges: [{ from: 'paid', to: 'again' }],
    });
    run.apply(send('payment', 'card', 'id-1'));
    assert.deepEqual(run.apply(send('payment', 'card', 'id-1')), []);
    assert.deepEqual(run.nodes, { paid: 'SUCCEEDED', again: 'WAITING' });
  });

  it('that does not come in time fails the node', () => {
    const run = new KernelRun({ nodes: [paid] });
    run.nextTimer();
    assert.deepEqual(run.end, ['FAILED', 'TIMEOUT']);
  });
});

describe('approval', () => {
  const ask = (settings: Partial<ApprovalNode> = {}, input = {}) =>
    new KernelRun({ nodes: [{ id: 'ask', type: 'approval', expires_in: '1h', ...settings }] }, input);
  const decide = (approved: boolean) =>
    ({
      kind: 'decide_approval',
      nodeId: 'ask',
      approved,
      decidedBy: 'ada',
      comment: 'because',
      form: Payload.fromValue({ limit: 5 }),
    }) as const;

  it('asks whom the expressions name', () => {
    const run = ask(
      { prompt: 'Pay ${ input.sum }?', approvers: ['ada', '${ input.owners }'] },
      { sum: 5, owners: ['bob'] },
    );
    const { wait } = run.node('ask');
    assert.ok(wait?.kind === 'approval');
    assert.deepEqual([wait.prompt, wait.approvers], ['Pay 5?', ['ada', 'bob']]);
    assert.deepEqual(ask({ approvers: ['${ input.owner }'] }, { owner: 7 }).end, ['FAILED', 'EXPRESSION_FAILED']);
  });

  it('ends with the decision', () => {
    const run = ask();
    assert.deepEqual(run.apply(decide(true)), ['approval_decided', 'node_succeeded', 'run_done']);
    assert.deepEqual(run.end, [
      'DONE',
      {
        approved: true,
        decided_by: 'ada',
        comment: 'because',
        form: { limit: 5 },
        decided_at: new Date(run.nowMs).toISOString(),
      },
    ]);
    assert.deepEqual(run.apply(decide(false)), [], 'a decision is final');
  });

  it('that is rejected fails the node, unless the workflow decides what follows', () => {
    const failing = ask();
    failing.apply(decide(false));
    assert.deepEqual(failing.end, ['FAILED', 'APPROVAL_REJECTED']);
    const going = ask({ on_reject: 'continue' });
    going.apply(decide(false));
    const output = going.state.output?.value;
    assert.ok(isJsonObject(output));
    assert.equal(output['approved'], false);
  });

  it('asks more people when nobody answers, then takes silence as it was told', () => {
    for (const [settings, end] of [
      [{}, 'APPROVAL_EXPIRED'],
      [{ on_expire: 'reject' }, 'APPROVAL_REJECTED'],
      [{ on_expire: 'approve' }, undefined],
    ] as const) {
      const run = ask({ approvers: ['ada'], escalation: { after: '10m', approvers: ['boss'] }, ...settings });
      assert.deepEqual(run.nextTimer(), ['approval_escalated']);
      const { wait } = run.node('ask');
      assert.deepEqual(wait?.kind === 'approval' && wait.approvers, ['ada', 'boss']);
      run.nextTimer();
      assert.equal(run.state.failure?.code, end);
      assert.equal(run.state.status, end === undefined ? 'DONE' : 'FAILED');
    }
  });
});

describe('pause', () => {
  it('holds back what is ready; what comes in is taken all the same', () => {
    const run = new KernelRun({ nodes: [work, { ...work, id: 'next' }], edges: [{ from: 'work', to: 'next' }] });
    assert.deepEqual(run.apply({ kind: 'pause_run', nodeId: '', reason: 'look' }), ['run_paused']);
    assert.deepEqual(run.apply({ kind: 'pause_run', nodeId: '', reason: 'twice' }), []);
    assert.ok(run.ends('work', { output: 1 }).includes('node_scheduled'));
    assert.deepEqual(run.apply({ kind: 'resume_run', nodeId: '' }), ['run_resumed']);
    assert.deepEqual(run.apply({ kind: 'resume_run', nodeId: '' }), []);
  });
});

describe('a question of an agent', () => {
  const asks = (message: string, state = 'task-1'): Question => ({ kind: 'input', message, schema: undefined, state });
  const ask = (run: KernelRun, question: Question, dispatch = run.node('work').dispatch) => {
    const facts = {
      executorId: 'e',
      target: 'i',
      targetVersion: '1.0.0',
      startedAtMs: run.nowMs,
      latencyMs: 5,
      usage: { inputTokens: 3, outputTokens: 4 },
      streamedBytes: 7,
    };
    const key = { nodeId: 'work', attempt: run.node('work').attempt, dispatch };
    return run.apply({ kind: 'task_ended', key, outcome: { question }, facts });
  };
  const questionSeqOf = (run: KernelRun) => {
    const { wait } = run.node('work');
    return wait?.kind === 'input' ? wait.questionSeq : 0;
  };
  const answer = (run: KernelRun, value: string, questionSeq = questionSeqOf(run)) =>
    run.apply({
      kind: 'provide_input',
      nodeId: 'work',
      questionSeq,
      value: Payload.fromValue(value),
      providedBy: 'ada',
    });

  it('takes an answer to another question for none', () => {
    const run = new KernelRun({ nodes: [work] });
    ask(run, asks('which size?'));
    const first = questionSeqOf(run);
    assert.deepEqual(answer(run, 'XL', first + 1), []);
    assert.deepEqual(answer(run, 'XL', first), ['input_provided']);
    ask(run, asks('which colour?'));
    assert.ok(questionSeqOf(run) > first);
    assert.deepEqual(answer(run, 'XL', first), []);
    assert.deepEqual(run.nodes, { work: 'WAITING' });
  });

  it('has the node wait, and its answer makes the next dispatch of the attempt', () => {
    const run = new KernelRun({ nodes: [work] });
    assert.deepEqual(ask(run, asks('which size?')), ['agent_invoke_started', 'input_required']);
    assert.equal(run.state.asking, 1);
    assert.deepEqual(
      [run.nodes, isWaiting(run.state), needsDispatch(run.node('work'))],
      [{ work: 'WAITING' }, true, false],
    );
    assert.deepEqual([answer(run, 'XL'), run.state.asking], [['input_provided'], 0]);
    const { attempt, dispatch, answer: told } = run.node('work');
    assert.deepEqual([attempt, dispatch, told?.value.value, told?.state, told?.turn], [1, 2, 'XL', 'task-1', 1]);
    assert.equal(needsDispatch(run.node('work')), true);
    ask(run, asks('which colour?', 'task-1b'));
    answer(run, 'blue');
    assert.deepEqual([run.node('work').answer?.turn, run.node('work').answer?.state], [2, 'task-1b']);
    run.ends('work', { output: 'a blue shirt, XL' });
    assert.deepEqual(run.end, ['DONE', 'a blue shirt, XL']);
    assert.equal(run.node('work').answer, undefined);
  });

  it('is taken once, and answered once', () => {
    const run = new KernelRun({ nodes: [work] });
    assert.deepEqual(answer(run, 'too early'), []);
    ask(run, asks('?'));
    assert.deepEqual(ask(run, asks('?')), [], 'the report comes again');
    assert.deepEqual(
      run.apply({ kind: 'lose_dispatch', key: { nodeId: 'work', attempt: 1, dispatch: 1 }, reason: 'executor_lost' }),
      [],
    );
    answer(run, 'first');
    assert.deepEqual(answer(run, 'second'), []);
    assert.deepEqual(ask(run, asks('old'), 1), [], 'of a dispatch that is over');
  });

  it('is forgotten with its attempt; a redelivery of the same attempt has the answer still', () => {
    const run = new KernelRun({ nodes: [{ ...work, retry: { max_attempts: 2, initial: '1s' } }] });
    ask(run, asks('?'));
    answer(run, 'yes');
    run.apply({ kind: 'lose_dispatch', key: { nodeId: 'work', attempt: 1, dispatch: 2 }, reason: 'executor_lost' });
    assert.deepEqual([run.node('work').dispatch, run.node('work').answer?.turn], [3, 1]);
    run.ends('work', { code: 'UNAVAILABLE', retryable: true });
    run.nowMs += 10_000;
    run.apply({ kind: 'fire_timers' });
    assert.deepEqual([run.node('work').attempt, run.node('work').answer], [2, undefined]);
  });

  it('ends with the node\u2019s schedule_to_close timeout, with a cancellation, and with nothing else', () => {
    const run = new KernelRun({ nodes: [{ ...work, timeouts: { schedule_to_close: '1h' } }] });
    ask(run, asks('?'));
    run.nowMs += 3_599_000;
    assert.deepEqual(run.apply({ kind: 'fire_timers' }), []);
    run.nowMs += 1000;
    run.apply({ kind: 'fire_timers' });
    assert.deepEqual(run.end, ['FAILED', 'TIMEOUT']);
    const cancelled = new KernelRun({ nodes: [work] });
    ask(cancelled, asks('?'));
    cancelled.apply({ kind: 'cancel_run', reason: '' });
    assert.deepEqual([cancelled.state.status, answer(cancelled, 'late'), cancelled.state.asking], ['CANCELLED', [], 0]);
  });

  it('replays', () => {
    const run = new KernelRun({ nodes: [work] });
    ask(run, asks('?'));
    answer(run, 'yes');
    run.ends('work', { output: 1 });
    const history = run.history.map(({ event, occurredAtMs }, at) => ({ event, seq: at + 1, occurredAtMs }));
    const identity = { runId: run.state.runId, namespace: run.state.namespace };
    assert.deepEqual(replay(run.plan, identity, history).divergences, []);
  });
});
