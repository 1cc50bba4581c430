/** Workers whose executor dies or stops go on at another one: nothing is lost, and nothing is done twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineAgent, work } from '@skein/sdk';
import { eventually } from '@skein/testkit';
import { startRawWorker, type RawWork } from './agents/raw-worker.ts';
import { startTwoExecutors, type TwoExecutors } from './harness/two-executors.ts';
import { nodeOf, outputOf, stateOf, Workplace } from './harness/workplace.ts';

const AGENT = 'mover';

/** Work that waits for its word: what was begun, by key, and how it is let go on. */
class Works {
  readonly begun: string[] = [];
  readonly #open = new Map<string, PromiseWithResolvers<void>>();

  readonly work = async (name: string, key: string): Promise<string> => {
    this.begun.push(key);
    await this.#gate(name).promise;
    return `${name} is done`;
  };

  finish(name: string): void {
    this.#gate(name).resolve();
  }

  #gate(name: string): PromiseWithResolvers<void> {
    const known = this.#open.get(name) ?? Promise.withResolvers<void>();
    this.#open.set(name, known);
    return known;
  }
}

type StartWorker = (apiUrl: string, works: Works) => AsyncDisposable;

const startSdkWorker: StartWorker = (api, works) => {
  const agent = defineAgent<string>({ id: AGENT, version: '1.0.0' }, (name, { idempotencyKey }) =>
    works.work(name, idempotencyKey),
  );
  return work(agent, { api, concurrency: 50, closeOnSignals: false, log: () => {} });
};

const startByHand: StartWorker = (apiUrl, works) => {
  const byName: RawWork = (name, key) => works.work(typeof name === 'string' ? name : '', key);
  return startRawWorker({ apiUrl, agentId: AGENT, work: byName });
};

/** Addresses of the executors that the worker is registered at. */
async function homesOf({ platform }: TwoExecutors): Promise<readonly string[]> {
  const { agents } = platform.clients;
  const found = await agents.getAgent({ namespace: 'default', agentId: AGENT }).catch(() => undefined);
  return (found?.agent?.instances ?? []).flatMap(({ endpoint }) => /^worker:([^/]+)\//.exec(endpoint)?.[1] ?? []);
}

const WORKERS = { 'of the SDK': startSdkWorker, 'that speaks the contract': startByHand };
const ENDS = { 'is killed': 'SIGKILL', stops: 'SIGTERM' } as const;

for (const [whose, startWorker] of Object.entries(WORKERS)) {
  for (const [how, signal] of Object.entries(ENDS)) {
    test(`a worker ${whose} whose executor ${how} goes on at another one`, { timeout: 120_000 }, async () => {
      await using set = await startTwoExecutors({ SKEIN_EXECUTOR_DRAIN_TIMEOUT: '1s' });
      const works = new Works();
      await using _worker = startWorker(set.apiUrl, works);
      const [home = ''] = await eventually(
        async () => {
          const homes = await homesOf(set);
          return homes.length === 1 ? homes : undefined;
        },
        { describe: 'the worker to be registered', timeoutMs: 30_000 },
      );
      const place = new Workplace(set.platform, 'default');
      await place.apply({
        id: 'moves',
        nodes: [{ id: 'work', type: 'agent', agent_id: AGENT, retry: { max_attempts: 1 } }],
      });
      const names = Array.from({ length: 24 }, (_, at) => `work-${at}`);
      const start = (some: readonly string[]) => Promise.all(some.map((name) => place.start('moves', name)));

      const early = await start(names.slice(0, 12));
      await eventually(() => works.begun.length === 12, { describe: 'the work to begin', timeoutMs: 30_000 });
      for (const name of names.slice(0, 4)) works.finish(name);
      await Promise.all(early.slice(0, 4).map((runId) => place.ended(runId)));

      const executor = set.executors.find(({ address }) => address === home);
      assert.ok(executor, `${home} is one of the two`);
      executor.kill(signal);
      // These come while it dies, and the worker is on its way.
      const late = await start(names.slice(12));
      await eventually(
        async () => (await homesOf(set)).join() === set.executors.find((it) => it !== executor)?.address,
        {
          describe: 'the worker to be at the other executor, and nowhere else',
          timeoutMs: 30_000,
        },
      );
      for (const name of names.slice(4)) works.finish(name);
      const runs = await Promise.all([...early, ...late].map((runId) => place.ended(runId)));
      const failures = runs.filter((run) => stateOf(run) !== 'DONE').map((run) => nodeOf(run, 'work').failure);
      assert.deepEqual(failures, []);
      assert.deepEqual(
        runs.map(outputOf),
        names.map((name) => `${name} is done`),
      );
      for (const run of runs) assert.equal(nodeOf(run, 'work').attempt, 1);
      assert.equal(works.begun.length, names.length, 'each piece of work is begun once');
      assert.equal(new Set(works.begun).size, names.length);
    });
  }
}
