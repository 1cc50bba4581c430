import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AgentProtocol } from '@skein/contracts/registry';
import { AgentFunctionError, type AgentFunction, type AgentFunctionCall } from '../../app/agent-function.ts';
import { failureIn, outputOf, startStage } from '../../testing/executor-stage.ts';

async function failureOf(work: AgentFunction) {
  await using stage = await startStage({ functions: { work } });
  return failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('work', null)));
}

suite('in-process agents', () => {
  test('get the whole call, and what they return is the output', async () => {
    let got: AgentFunctionCall | undefined;
    await using stage = await startStage({ functions: { work: (call) => ((got = call), { sum: 3 }) } });
    const options = { sessionId: 's-1', skillId: 'add', config: { depth: 2 } };
    const ref = stage.scheduler.dispatchAgent('work', [1, 2], options);
    assert.deepEqual(outputOf(await stage.scheduler.ended(ref)), { sum: 3 });
    assert.ok(got !== undefined);
    const { delta: _, state: __, heartbeat: ___, signal: ____, ...call } = got;
    assert.deepEqual(call, {
      input: [1, 2],
      config: { depth: 2 },
      namespace: 'default',
      agentId: 'work',
      runId: ref.runId,
      nodeId: 'node',
      sessionId: 's-1',
      skillId: 'add',
      idempotencyKey: `${ref.runId}/node/1`,
      attempt: 1,
      resumeDetails: undefined,
      runToken: '',
    });
  });

  test('an AgentFunctionError says how it is to be taken', async () => {
    const failure = await failureOf(() => {
      throw new AgentFunctionError('NO_STOCK', 'come back later', { retryable: true, retryAfterMs: 2000 });
    });
    assert.deepEqual([failure.code, failure.message, failure.retryable], ['NO_STOCK', 'come back later', true]);
    assert.equal(failure.retryAfter?.seconds, 2n);
    assert.equal(failure.place, 'agent work at inprocess:work');
  });

  test('any other error is retried, as one of a gRPC agent would be', async () => {
    const failure = await failureOf(() => Promise.reject(new TypeError('x is not a function')));
    assert.deepEqual([failure.code, failure.message, failure.retryable], ['UNKNOWN', 'x is not a function', true]);
  });

  test('what is not JSON is not an output', async () => {
    const cyclic: Record<string, never> = {};
    Object.assign(cyclic, { self: cyclic });
    assert.equal((await failureOf(() => cyclic)).code, 'AGENT_PROTOCOL_VIOLATION');
    assert.equal((await failureOf((() => () => 1) as unknown as AgentFunction)).code, 'AGENT_PROTOCOL_VIOLATION');
  });

  test('nothing returned is null', async () => {
    await using stage = await startStage({ functions: { work: (() => {}) as unknown as AgentFunction } });
    assert.equal(outputOf(await stage.scheduler.ended(stage.scheduler.dispatchAgent('work', 1))), null);
  });

  test('a function that this executor does not have is not found; what it has is named', async () => {
    await using stage = await startStage({
      functions: { work: () => null },
      prepare: ({ registry }) => registry.addAt('agent', AgentProtocol.IN_PROCESS, 'inprocess:toString'),
    });
    const failure = failureIn(await stage.scheduler.ended(stage.scheduler.dispatchAgent('agent', null)));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_NOT_FOUND', false]);
    assert.match(failure.message, /it has work$/);
  });

  test('a function that goes on after its end streams no more', async () => {
    const late = Promise.withResolvers<void>();
    await using stage = await startStage({
      functions: {
        work({ delta, input }) {
          if (input === 'late') void late.promise.then(() => delta('too late'));
          return 'over';
        },
      },
    });
    await stage.scheduler.ended(stage.scheduler.dispatchAgent('work', 'late'));
    late.resolve();
    await stage.scheduler.ended(stage.scheduler.dispatchAgent('work', null));
    await stage.executor[Symbol.asyncDispose]();
    assert.equal(stage.eventLog.events.length, 0);
  });
});
