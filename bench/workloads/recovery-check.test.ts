import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentCall } from '../agent/call-journal.ts';
import { judge, type RecoveredRun } from './recovery-check.ts';

const KILLED_AT_MS = Date.parse('2026-01-01T00:00:10Z');
const call = (key: string, calledAtMs: number, answeredAtMs?: number): AgentCall => ({
  key,
  calledAtMs,
  ...(answeredAtMs === undefined ? {} : { answeredAtMs }),
});
const success = (nodeId: string, atMs: number) => ({
  occurred_at: new Date(atMs).toISOString(),
  payload: { node_id: nodeId },
});
const good: RecoveredRun = {
  runId: 'run',
  run: { run_id: 'run', state: 'DONE', output: 'ok:ok:ok:w5-7' },
  succeeded: [success('a', KILLED_AT_MS - 1000), success('b', KILLED_AT_MS + 1500)],
};
const CALLS = [
  call('run/a/1', KILLED_AT_MS - 1500, KILLED_AT_MS - 1000),
  call('run/b/1', KILLED_AT_MS - 900, KILLED_AT_MS - 400),
  call('run/b/1', KILLED_AT_MS + 1000, KILLED_AT_MS + 1500),
];

test('a step under way at the kill may be called again', () => {
  assert.deepEqual(judge([good], CALLS, KILLED_AT_MS), {
    done: 1,
    errors: [],
    calledAgain: 1,
    answeredAndCalledAgain: 1,
  });
});

test('a call after the committed success is an error, by whichever attempt', () => {
  const { errors } = judge([good], [...CALLS, call('run/a/2', KILLED_AT_MS + 500)], KILLED_AT_MS);
  assert.deepEqual(errors, ['run/a was called again after its success was committed']);
});

test('a step that nobody was called for is an error', () => {
  const { errors } = judge([good], CALLS.slice(1), KILLED_AT_MS);
  assert.deepEqual(errors, ['run/a succeeded and was never called']);
});

test('a lost run, a failed one and a wrong output are errors', () => {
  const runs = [
    { ...good, run: undefined },
    { ...good, run: { run_id: 'run', state: 'FAILED' } },
    { ...good, run: { run_id: 'run', state: 'DONE', output: 'ok:ok:w5-7' } },
  ];
  const { errors, done } = judge(runs, CALLS, KILLED_AT_MS);
  assert.equal(done, 0);
  assert.equal(errors.length, 3);
  assert.match(errors[0] ?? '', /lost/);
});
