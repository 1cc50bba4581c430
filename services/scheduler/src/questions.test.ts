/** Answers to what agents ask: which question they are for, which of them counts, and what is refused. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { create, type JsonObject } from '@bufbuild/protobuf';
import { QuestionSchema } from '@skein/contracts/agent';
import { NodeState, type NodeRun, type Task } from '@skein/contracts/scheduler';
import { jsonOfValue, valueOfJson } from '@skein/events';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { FakeExecutor, succeeded } from './testing/fake-executor.ts';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const ASKS: readonly { readonly message: string; readonly schema?: JsonObject }[] = [
  { message: 'which size?', schema: { type: 'string', enum: ['S', 'XL'] } },
  { message: 'which colour?' },
];

/** Asks for the size, then for the colour, then has a shirt. */
function tailor({ answer }: Task) {
  const turn = answer?.turn ?? 0;
  const told = answer?.value === undefined ? null : jsonOfValue(answer.value);
  const question = ASKS[turn];
  if (question === undefined) return succeeded([answer?.state && jsonOfValue(answer.state), told]);
  return { case: 'asked' as const, value: create(QuestionSchema, { ...question, state: valueOfJson([told]) }) };
}

async function startShirt(rig: SchedulerRig): Promise<string> {
  const target = { case: 'agent' as const, value: { agentId: 'tailor' } };
  const { run } = await rig.runs.startRun({ target, input: valueOfJson('shirt') });
  return run?.runId ?? '';
}

/** The node, once it asks this. */
function asking(rig: SchedulerRig, runId: string, message: string): Promise<NodeRun> {
  return eventually(
    async () => {
      const { run } = await rig.runs.getRun({ runId });
      return run?.nodes.find(({ state, question }) => state === NodeState.WAITING && question?.message === message);
    },
    { describe: message },
  );
}

const notRequired = (pattern: RegExp) => (error: unknown) => {
  const { reason, message } = describeError(error);
  assert.equal(reason, 'INPUT_NOT_REQUIRED');
  assert.match(message, pattern);
  return true;
};

suite('an answer', { concurrency: true }, () => {
  test('counts for the question that it names, and for no later one', async () => {
    await using rig = await schedulerRig();
    await using _executor = new FakeExecutor(rig.tasks, tailor);
    const runId = await startShirt(rig);
    const { questionSeq: sizeSeq } = await asking(rig, runId, 'which size?');
    const size = { runId, questionSeq: sizeSeq, value: valueOfJson('XL') };
    await rig.runs.provideInput(size);
    const { questionSeq: colourSeq } = await asking(rig, runId, 'which colour?');
    assert.ok(colourSeq > sizeSeq);
    // Again, because its sender has not heard of it, and otherwise, because somebody else was slower.
    await rig.runs.provideInput(size);
    await assert.rejects(
      rig.runs.provideInput({ ...size, value: valueOfJson('S') }),
      notRequired(/has answered node .* first/),
    );
    await assert.rejects(
      rig.runs.provideInput({ ...size, questionSeq: colourSeq + 100n }),
      notRequired(/is not asked, or not any more/),
    );
    await rig.runs.provideInput({ runId, value: valueOfJson('red') });
    const { run } = await rig.runs.awaitRun({ runId, timeout: { seconds: 10n } });
    assert.deepEqual(run?.output && jsonOfValue(run.output), [['XL'], 'red']);
  });

  test('that does not fit changes nothing', async () => {
    await using rig = await schedulerRig();
    await using _executor = new FakeExecutor(rig.tasks, tailor);
    const runId = await startShirt(rig);
    const { questionSeq } = await asking(rig, runId, 'which size?');
    await assert.rejects(rig.runs.provideInput({ runId, value: valueOfJson('L') }), (error: unknown) => {
      const { reason, violations } = describeError(error);
      assert.deepEqual([reason, violations?.map(({ field }) => field)], ['INPUT_SCHEMA_VIOLATION', ['value']]);
      return true;
    });
    assert.equal((await asking(rig, runId, 'which size?')).questionSeq, questionSeq);
    await assert.rejects(
      rig.runs.provideInput({ runId, nodeId: 'nobody', value: valueOfJson('S') }),
      (error: unknown) => describeError(error).reason === 'NODE_NOT_FOUND',
    );
    await rig.runs.cancelRun({ runId });
    await rig.runs.awaitRun({ runId, timeout: { seconds: 10n } });
    await assert.rejects(
      rig.runs.provideInput({ runId, questionSeq, value: valueOfJson('S') }),
      (error: unknown) => describeError(error).reason === 'RUN_ENDED',
    );
  });

  test('that two people give at once is taken from one of them', async () => {
    await using rig = await schedulerRig();
    await using _executor = new FakeExecutor(rig.tasks, tailor);
    const runId = await startShirt(rig);
    const { questionSeq } = await asking(rig, runId, 'which size?');
    // Unnamed, the slower one might answer the next question.
    const given = await Promise.allSettled(
      ['S', 'XL'].map((value) => rig.runs.provideInput({ runId, questionSeq, value: valueOfJson(value) })),
    );
    assert.deepEqual(given.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    await asking(rig, runId, 'which colour?');
  });
});
