import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NodeTable, noChildren, type RunState, type WorkflowDefinition } from '@skein/domain';
import { sampleHistory, type SampleHistory } from '../testing/sample-history.ts';
import { decodeFinalState, encodeFinalState, UnknownFinalStateError } from './final-state.ts';
import type { RunRow, TransitionRow } from './run-store.ts';

const REVIEW: WorkflowDefinition = {
  id: 'review',
  nodes: [
    { id: 'draft', type: 'agent', agent_id: 'writer' },
    { id: 'check', type: 'agent', agent_id: 'reader', retry: { max_attempts: 2 } },
    { id: 'same', type: 'transform' },
  ],
  edges: [
    { from: 'draft', to: 'check' },
    { from: 'check', to: 'same' },
  ],
};

test('a run comes back as it ended, without what only an open run needs', () => {
  const { state } = sampleHistory({
    definition: REVIEW,
    input: { text: 'größer' },
    answer: (nodeId, attempt) => {
      return nodeId === 'check' && attempt === 1 ? { code: 'FLAKY', retryable: true } : { output: { by: nodeId } };
    },
  });
  const back = decodeFinalState(rowOf(state), leftOf(state));
  assert.deepEqual(answerOf(back), answerOf(state));
});

test('a payload is kept once, however many nodes point to it', () => {
  const text = 'x'.repeat(10_000);
  const history = sampleHistory({
    definition: REVIEW,
    input: null,
    answer: (nodeId) => ({ output: nodeId === 'check' ? text : 'short' }),
  });
  const { state } = history;
  assert.equal(state.nodes.get('same')?.output, state.output, 'the output of two nodes and of the run');
  assert.ok(encodeFinalState(state).byteLength < text.length + 1000);
});

test('a run without nodes, output or failure comes back too', () => {
  const { state } = cancelledAtOnce();
  const back = decodeFinalState(rowOf(state), leftOf(state));
  assert.equal(back.status, 'CANCELLED');
  assert.equal(back.output, undefined);
  assert.deepEqual(answerOf(back), answerOf(state));
});

test('what was made of child runs stays, and which signals it has had', () => {
  const { state } = cancelledAtOnce();
  const nodes = NodeTable.of(
    Array.from(state.nodes, ([id, node]) => {
      return [id, { ...node, children: { ...noChildren(3, false), started: 3, succeeded: 2, failed: 1 } }];
    }),
  );
  const back = decodeFinalState(rowOf(state), leftOf({ ...state, nodes, signalIds: ['payment-1'] }));
  assert.partialDeepStrictEqual(back.nodes.get('work')?.children, { total: 3, succeeded: 2, failed: 1 });
  assert.deepEqual(back.signalIds, ['payment-1']);
});

test('what a later version wrote is refused by name', () => {
  const { state } = cancelledAtOnce();
  const left = leftOf(state);
  left.body[0] = 2;
  assert.throws(() => decodeFinalState(rowOf(state), left), UnknownFinalStateError);
});

function cancelledAtOnce(): SampleHistory {
  const definition: WorkflowDefinition = {
    id: 'one',
    nodes: [{ id: 'work', type: 'agent', agent_id: 'worker' }],
    edges: [],
  };
  return sampleHistory({ definition, input: [1, 2], answer: () => ({ output: null }), cancelAfter: 1 });
}

/** What is left of a run's history. */
function leftOf(state: RunState): TransitionRow {
  return { firstSeq: 1, eventCount: state.seq, body: encodeFinalState(state) };
}

/** What anybody may ask of an ended run. */
function answerOf(state: RunState) {
  const { runId, namespace, workflowId, workflowVersion, labels, sessionId, status, seq, createdAtMs, endedAtMs } =
    state;
  const nodes = [...state.nodes.values()].map((node) => {
    const { id, attempt, dispatch, scheduledAtMs, failure, nextNodeIds } = node;
    const ends = { status: node.status, endedAtMs: node.endedAtMs, output: node.output?.value };
    return { id, attempt, dispatch, scheduledAtMs, failure, nextNodeIds, ...ends };
  });
  const { failure, failedNodeId } = state;
  const row = { runId, namespace, workflowId, workflowVersion, labels, sessionId, status, createdAtMs, endedAtMs };
  return { ...row, seq, input: state.input.value, output: state.output?.value, failure, failedNodeId, nodes };
}

function rowOf(state: RunState): RunRow {
  const { runId, namespace, workflowId, workflowVersion, labels, sessionId, status, createdAtMs, endedAtMs } = state;
  const { failure, failedNodeId } = state;
  const row = { runId, namespace, workflowId, workflowVersion, labels, sessionId, status, createdAtMs, endedAtMs };
  return {
    ...row,
    failureCode: failure?.code,
    failureMessage: failure?.message,
    failedNodeId: failedNodeId === '' ? undefined : failedNodeId,
    isPruned: true,
    parent: undefined,
    searchAttributes: state.searchAttributes,
    memo: undefined,
  };
}
