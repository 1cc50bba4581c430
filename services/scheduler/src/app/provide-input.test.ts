import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Payload, type CallFacts, type NodeRun, type RunCommand } from '@skein/domain';
import { describeError } from '@skein/rpc';
import { engineRig, turn, type EngineRig } from '../testing/engine-rig.ts';
import { foldHistory } from './run-history.ts';
import { provideInput, type InputAnswer } from './provide-input.ts';

const FACTS: CallFacts = {
  executorId: 'e',
  target: 'i',
  targetVersion: '1.0.0',
  startedAtMs: 0,
  latencyMs: 5,
  usage: { inputTokens: 0, outputTokens: 0 },
  streamedBytes: 0,
};

/** A run whose agent asks, on an engine that others give commands just before the next one. */
async function asking() {
  const rig = engineRig();
  const runId = await rig.begin();
  await apply(rig, runId, await asks(rig, runId));
  const before: (() => Promise<void>)[] = [];
  const engine = {
    peek: (id: string) => rig.engine.peek(id),
    async submit(id: string, command: RunCommand) {
      for (const happen of before.splice(0)) await happen();
      await apply(rig, id, command);
    },
  };
  const plans = { ofRun: () => Promise.resolve(rig.plan), stored: () => Promise.reject(new Error('not asked for')) };
  const dependencies = { engine: engine as never, store: rig.store, plans, ownership: rig.ownership };
  const questionSeq = await questionOf(rig, runId);
  const answer = (value: string, more: Partial<InputAnswer> = {}) =>
    provideInput(dependencies, {
      namespace: 'default',
      runId,
      nodeId: 'work',
      questionSeq,
      value,
      providedBy: '',
      ...more,
    });
  return { rig, runId, questionSeq, before, answer };
}

async function apply(rig: EngineRig, runId: string, command: RunCommand): Promise<void> {
  const submitted = rig.engine.submit(runId, command);
  await turn();
  if (rig.pending.length > 0) await rig.commit();
  await submitted;
}

/** The node as it is stored: a run that waits leaves memory. */
async function stored({ store }: EngineRig, runId: string): Promise<NodeRun | undefined> {
  const history = await store.load(runId);
  return history && foldHistory(runId, history.namespace, history.rows).nodes.get('work');
}

async function asks(rig: EngineRig, runId: string): Promise<RunCommand> {
  const { attempt = 1, dispatch = 1 } = (await stored(rig, runId)) ?? {};
  const question = { kind: 'input', message: 'which size?', schema: undefined, state: null } as const;
  return { kind: 'task_ended', key: { nodeId: 'work', attempt, dispatch }, outcome: { question }, facts: FACTS };
}

async function questionOf(rig: EngineRig, runId: string): Promise<number> {
  const wait = (await stored(rig, runId))?.wait;
  return wait?.kind === 'input' ? wait.questionSeq : 0;
}

function provided(questionSeq: number, value: string): RunCommand {
  return { kind: 'provide_input', nodeId: 'work', questionSeq, value: Payload.fromValue(value), providedBy: '' };
}

const refused = (reason: string) => (error: unknown) => describeError(error).reason === reason;

suite('an answer', () => {
  test('that came second is refused, though a later question has been answered since', async () => {
    const { rig, runId, questionSeq, before, answer } = await asking();
    before.push(async () => {
      await apply(rig, runId, provided(questionSeq, 'S'));
      await apply(rig, runId, await asks(rig, runId));
      await apply(rig, runId, provided(await questionOf(rig, runId), 'XL'));
    });
    await assert.rejects(answer('XL'), refused('INPUT_NOT_REQUIRED'));
  });

  test('that counts and is given again is answered alike, though a later question has been answered since', async () => {
    const { rig, runId, questionSeq, answer } = await asking();
    await answer('S');
    await apply(rig, runId, await asks(rig, runId));
    await answer('M', { questionSeq: await questionOf(rig, runId) });
    await answer('S');
    await answer('S', { nodeId: '' });
    await assert.rejects(answer('M'), refused('INPUT_NOT_REQUIRED'));
    await assert.rejects(answer('S', { questionSeq: questionSeq + 1 }), refused('INPUT_NOT_REQUIRED'));
  });

  test('that nobody wanted any more when it came is not told to be taken', async () => {
    const { rig, runId, before, answer } = await asking();
    before.push(() => apply(rig, runId, { kind: 'cancel_run', reason: 'enough' }));
    await assert.rejects(answer('S'), refused('RUN_ENDED'));
  });
});
