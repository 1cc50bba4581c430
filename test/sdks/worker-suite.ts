import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Skein, SkeinError } from '@skein/sdk';
import { eventually, type SpawnedProcess } from '@skein/testkit';
import { Link } from '../chaos/set/link.ts';
import type { TestPlatform } from '../e2e/harness/platform.ts';
import { REGISTERED, start, type Sdk } from './sdk.ts';

/** Words of a text after which its connection is cut. */
const CUT_AT_WORDS = [5, 20, 40] as const;
const WORDS = 60;

/** The text that a run has streamed so far, each time that there is more of it, to its end. */
async function* texts(skein: Skein, runId: string): AsyncGenerator<string> {
  let text = '';
  for await (const { item } of skein.runs.events(runId, { taskEvents: true })) {
    if (item.case === 'streamReset') text = '';
    if (item.case !== 'taskEvent' || item.value.event.case !== 'agentStreamDelta') continue;
    text += item.value.event.value.text;
    yield text;
  }
}

/** Workers of an SDK at a whole platform, with connections that break. */
export function workerSuite(sdk: Sdk, use: () => TestPlatform): void {
  const startWorker = (agentId: string, api = use().apiUrl): Promise<SpawnedProcess> =>
    start(sdk, 'sample', { args: ['work'], env: { AGENT_ID: agentId, SKEIN_API_URL: api }, ready: REGISTERED });
  const client = (): Skein => new Skein({ api: use().apiUrl });

  test('a worker answers, fails as it says, is asked and cancelled, and goes on where it was', async () => {
    const id = `sample-${sdk.language}`;
    const skein = client();
    await using worker = await startWorker(id);
    assert.match(JSON.stringify(await skein.agents.invoke(id, 'hi')), /^"hi 2 [0-9a-f-]{36}\/\S+"$/);
    assert.match(JSON.stringify(await skein.agents.invoke(id, 'trace')), /^"(?:00-[0-9a-f]{32}-[0-9a-f]{16}-0[01])?"$/);
    const parent = await skein.runs.start({ agent: id, input: 'child' });
    assert.match(JSON.stringify((await skein.runs.await(parent.runId)).output), /^"hi 2 [0-9a-f-]{36}\/\S+"$/);
    const { runs: children } = await skein.clients.runs.listRuns({ parentRunId: parent.runId });
    assert.equal(children.length, 1, 'the run that the agent started is a child of its own');

    const reasonOf = async (input: string | number): Promise<string> => {
      const error = await skein.agents.invoke(id, input).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof SkeinError);
      return error.reason;
    };
    assert.equal(await reasonOf('fail'), 'NEGATIVE');
    assert.equal(await reasonOf(7), 'INVALID_INPUT');

    const flaky = {
      id: `flaky-${sdk.language}`,
      nodes: [{ id: 'a', type: 'agent', agent_id: id, retry: { max_attempts: 2 } }],
    };
    await skein.workflows.apply(flaky);
    assert.deepEqual(await skein.workflows.run(flaky.id, 'flaky'), { page: 7 });

    const asking = await skein.runs.start({ agent: id, input: 'ask' });
    const isWaiting = async () => (await skein.runs.get(asking.runId)).state === 'WAITING';
    await eventually(isWaiting, { describe: 'the question' });
    await skein.runs.answer(asking.runId, 'XL');
    const { output } = await skein.runs.await(asking.runId);
    assert.deepEqual(output, { size: 'XL', state: { item: 'shirt' }, turn: 1 });

    const slow = await skein.runs.start({ agent: id, input: 'slow' });
    await worker.waitFor(/^begun slow 1$/m);
    await skein.runs.cancel(slow.runId, 'enough');
    await worker.waitFor(/^stopped slow$/m);
    assert.equal((await skein.runs.await(slow.runId)).state, 'CANCELLED');
  });

  test('a connection cut in the middle of streams loses nothing, doubles nothing, and does nothing twice', async () => {
    const id = `speaker-${sdk.language}`;
    await using link = await Link.open('worker', 'platform', Number(new URL(use().apiUrl).port));
    await using worker = await startWorker(id, `http://127.0.0.1:${link.port}`);
    const names = ['speak-a', 'speak-b', 'speak-c', 'speak-d'];
    const runs = await Promise.all(names.map((input) => client().runs.start({ agent: id, input })));
    const [first] = runs;
    assert.ok(first);
    const cutsLeft = [...CUT_AT_WORDS];
    for await (const text of texts(client(), first.runId)) {
      if (!text.includes(`speak-a${cutsLeft[0]} `)) continue;
      cutsLeft.shift();
      link.become({ kind: 'broken' });
      link.become({ kind: 'whole' });
    }
    assert.deepEqual(cutsLeft, []);
    for (const [at, { runId }] of runs.entries()) {
      const name = names[at] ?? '';
      const ended = await client().runs.await(runId, { timeoutMs: 60_000 });
      assert.equal(ended.error?.message, undefined);
      const whole = Array.from({ length: WORDS }, (_, word) => `${name}${word} `).join('');
      const [last = ''] = (await Array.fromAsync(texts(client(), runId))).slice(-1);
      assert.equal(last, `…${whole}`);
    }
    const begun = worker.stdout.match(/^begun speak-\w 1$/gm) ?? [];
    assert.deepEqual(
      begun.toSorted(),
      names.map((name) => `begun ${name} 1`),
      'each piece of work begins once',
    );
    assert.ok((worker.output.match(/connection broke/g) ?? []).length > 0, 'the connection was made again');
  });
}
