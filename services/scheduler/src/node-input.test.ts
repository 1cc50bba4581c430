/** What a node was given, asked for afterwards: while the run goes on, when it has ended, and when it is pruned. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { EventBatchSchema, TransitionSchema, type RunEvent } from '@skein/contracts/event';
import { jsonOfValue, valueOfJson } from '@skein/events';
import { createPool } from '@skein/postgres';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { postgresRunPruning } from './adapters/postgres/run-pruning.ts';
import { pruneRuns } from './app/run-pruning.ts';
import { failed, FakeExecutor, succeeded } from './testing/fake-executor.ts';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const WORKFLOW = `
id: brief
nodes:
  - { id: facts, type: agent, agent_id: worker }
  - { id: shaped, type: transform, expression: "{'text': output.facts.text + '!'}" }
  - id: summary
    type: llm
    model: builtin/echo
    role: summarizer
    system: Be brief.
    prompt: "Sum up: \${ output.shaped.text }"
    retry: { max_attempts: 2, initial: 1ms }
  - { id: never, type: agent, agent_id: worker, when: "false" }
edges:
  - { from: facts, to: shaped }
  - { from: shaped, to: summary }
  - { from: summary, to: never }
output: "\${ output.summary }"
`;
const PROMPT = {
  model: 'builtin/echo',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Sum up: It rains.!' },
  ],
};
const digest = new Uint8Array(createHash('sha256').update('prompt').digest());

async function finishedRun(rig: SchedulerRig): Promise<string> {
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
  let calls = 0;
  await using _executor = new FakeExecutor(rig.tasks, (task) => {
    if (task.ref?.nodeId === 'facts') return succeeded({ text: 'It rains.' });
    calls += 1;
    return calls === 1 ? failed('FLAKY', true) : succeeded('rain');
  });
  const target = { case: 'workflow', value: { workflowId: 'brief' } } as const;
  const { run } = await rig.runs.startRun({ target, input: valueOfJson('go'), waitTimeout: { seconds: 10n } });
  assert.equal(jsonOfValue(run?.output), 'rain');
  return run?.runId ?? '';
}

async function shown(rig: SchedulerRig, runId: string, nodeId: string, attempt = 0) {
  const { nodeInput } = await rig.runs.getNodeInput({ runId, nodeId, attempt });
  assert.ok(nodeInput);
  return nodeInput;
}

const refused = (reason: string, message: RegExp) => (error: unknown) => {
  const description = describeError(error);
  assert.equal(description.reason, reason);
  assert.match(description.message, message);
  return true;
};

test('the exact prompt of a model is shown, for every attempt, with the digest that its events have', async () => {
  await using rig = await schedulerRig();
  const runId = await finishedRun(rig);
  const answers = await Promise.all([0, 1, 2].map((attempt) => shown(rig, runId, 'summary', attempt)));
  assert.deepEqual(
    answers.map(({ attempt }) => attempt),
    [2, 1, 2],
  );
  for (const { input, inputSeqs, inputDigest, promptDigest, promptSizeBytes } of answers) {
    assert.deepEqual(jsonOfValue(input), PROMPT);
    assert.equal(inputSeqs.length, 1);
    const text = createHash('sha256').update(JSON.stringify(PROMPT)).digest('hex').slice(0, 32);
    assert.equal(Buffer.from(inputDigest).toString('hex'), text);
    assert.equal(promptSizeBytes, BigInt('Be brief.'.length + 'Sum up: It rains.!'.length));
    const canonical = `{"messages":[{"content":"Be brief.","role":"system"},{"content":"Sum up: It rains.!","role":"user"}]}`;
    assert.equal(Buffer.from(promptDigest).toString('hex'), createHash('sha256').update(canonical).digest('hex'));
  }
  const local = await shown(rig, runId, 'shaped');
  assert.deepEqual([jsonOfValue(local.input), local.attempt], [{ text: 'It rains.' }, 0]);
  assert.equal(jsonOfValue((await shown(rig, runId, 'facts')).input), 'go');
});

test('it is the same when the run has been pruned', async () => {
  await using rig = await schedulerRig();
  const runId = await finishedRun(rig);
  const all = () => Promise.all(['facts', 'shaped', 'summary'].map((nodeId) => shown(rig, runId, nodeId)));
  const before = await all();
  const pool = createPool(rig.database.url, { max: 1, applicationName: 'node-input-test', schema: 'scheduler' });
  try {
    await eventually(
      async () => {
        await pool.query('delete from outbox');
        const onKept = () => assert.fail('the history folds');
        return (await pruneRuns({ store: postgresRunPruning(pool), ageMs: 0, onKept })) === 1;
      },
      { describe: 'the run to be pruned' },
    );
  } finally {
    await pool.end();
  }
  assert.deepEqual(await all(), before);
});

test('what there is not is refused with the reason', async () => {
  await using rig = await schedulerRig();
  const runId = await finishedRun(rig);
  const asked = (nodeId: string, attempt = 0, namespace = '') =>
    rig.runs.getNodeInput({ namespace, runId, nodeId, attempt });
  await assert.rejects(asked(''), refused('INVALID_FIELD', /node_id/));
  await assert.rejects(asked('nobody'), refused('NODE_NOT_FOUND', /no node nobody/));
  await assert.rejects(asked('summary', 3), refused('NODE_INPUT_UNAVAILABLE', /no attempt 3/));
  await assert.rejects(asked('shaped', 1), refused('NODE_INPUT_UNAVAILABLE', /no attempt 1/));
  await assert.rejects(asked('never'), refused('NODE_INPUT_UNAVAILABLE', /SKIPPED/));
  await assert.rejects(asked('facts', 0, 'other'), refused('RUN_NOT_FOUND', /no run/));
});

test('what an executor says of the prompt is on record with the role, and the turns', async () => {
  await using rig = await schedulerRig();
  await rig.workflows.applyWorkflow({ definition: { case: 'source', value: WORKFLOW } });
  const events: RunEvent['event'][] = [];
  await using _tail = await rig.bus.tailEventBatches(({ body }) => {
    for (const { body: transition } of fromBinary(EventBatchSchema, body).transitions) {
      events.push(...fromBinary(TransitionSchema, transition).events.map(({ event }) => event));
    }
  });
  await using _executor = new FakeExecutor(
    rig.tasks,
    (task) => succeeded(task.ref?.nodeId === 'facts' ? { text: '' } : 'rain'),
    { prompt: { digest, sizeBytes: 27n, turns: 2 } },
  );
  const target = { case: 'workflow', value: { workflowId: 'brief' } } as const;
  await rig.runs.startRun({ target, waitTimeout: { seconds: 10n } });
  const record = () =>
    events.flatMap((event) =>
      event.case === 'llmCallStarted' || event.case === 'llmCallDone'
        ? [[event.case, event.value.prompt] as const]
        : [],
    );
  await eventually(() => record().length === 2, { describe: 'the events of the call' });
  for (const [, prompt] of record()) {
    assert.deepEqual([prompt?.role, prompt?.sizeBytes], ['summarizer', 27n]);
    assert.deepEqual(Buffer.from(prompt?.digest ?? []), Buffer.from(digest));
  }
  const done = events.find((event) => event.case === 'llmCallDone');
  assert.equal(done?.value.turns, 2);
});
