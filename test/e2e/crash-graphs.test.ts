import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, temporaryDirectory } from '@skein/testkit';
import { startWorker, type Worker } from './agents/worker.ts';
import { createClients } from './harness/clients.ts';
import { startDev, startPlatform } from './harness/platform.ts';
import { isAlive, partsOf } from './harness/processes.ts';
import { nodeOf, outputOf, stateOf, Workplace } from './harness/workplace.ts';

const ITEMS = 60;
const ROUNDS = 12;
const CALLS_BEFORE_KILL = 40;
/** Which part is killed after how many calls, and after how many further ones are held again. */
const KILLS = [
  { part: 'scheduler', afterCalls: 30, next: 55 },
  { part: 'executor', afterCalls: 55, next: Number.POSITIVE_INFINITY },
] as const;
const call = (id: string) => ({ id, type: 'agent', agent_id: 'worker', retry: { max_attempts: 5, initial: '100ms' } });

/** Child runs side by side and one after the other, with child runs of their own. */
const FAMILY = {
  id: 'family',
  nodes: [
    {
      id: 'each',
      type: 'map',
      items: '${ input.items }',
      concurrency: 7,
      body: { nodes: [{ id: 'sub', type: 'subworkflow', workflow_id: 'one' }] },
    },
    {
      id: 'again',
      type: 'loop',
      input: { n: 0 },
      body: { nodes: [call('add')] },
      until: `last.n >= ${ROUNDS}`,
      max_iterations: 100,
    },
    { id: 'both', type: 'transform', expression: '[size(output.each), output.again.n]' },
  ],
  edges: [
    { from: 'each', to: 'both' },
    { from: 'again', to: 'both' },
  ],
};
const WAITS = {
  id: 'waits',
  nodes: [
    { id: 'go', type: 'signal', signal_name: 'go' },
    { id: 'later', type: 'signal', signal_name: 'later' },
    { id: 'review', type: 'approval', expires_in: '1h' },
    { id: 'pause', type: 'wait', duration: '1s' },
    { id: 'end', type: 'transform', expression: '[output.later, output.review.decided_by]' },
  ],
  edges: [
    { from: 'go', to: 'later' },
    { from: 'later', to: 'end' },
    { from: 'review', to: 'end' },
    { from: 'pause', to: 'end' },
  ],
};
const UNDONE = {
  id: 'undone',
  nodes: [
    ...['a', 'b', 'c', 'd'].map((id) => ({ ...call(id), input: { n: 0 }, compensate: { ...call(''), id: undefined } })),
    { id: 'hold', type: 'signal', signal_name: 'never' },
  ],
  edges: ['b', 'c', 'd', 'hold'].map((to, index) => ({ from: 'abcd'.charAt(index), to })),
};

/** Keys of the calls of each node of each run: an attempt that was answered and recorded is not made again. */
function attemptsOf({ calls }: Worker): ReadonlyMap<string, ReadonlySet<string>> {
  const attempts = new Map<string, Set<string>>();
  for (const { idempotencyKey } of calls) {
    const node = idempotencyKey.slice(0, idempotencyKey.lastIndexOf('/'));
    attempts.set(node, (attempts.get(node) ?? new Set()).add(idempotencyKey));
  }
  return attempts;
}

/** What is under way when something dies. */
interface Family {
  readonly family: string;
  readonly waits: string;
  readonly undone: string;
}

/** An agent whose calls from some number on wait until what they were for has been killed. */
class Pace {
  #last = Number.POSITIVE_INFINITY;
  #held = Promise.withResolvers<void>();

  /** Lets so many calls be answered, and no further ones until `release`. */
  holdAfter(calls: number): void {
    this.#last = calls;
    this.#held = Promise.withResolvers();
  }

  /** Answers what is held, and further calls up to that number. */
  release(next = Number.POSITIVE_INFINITY): void {
    const held = this.#held;
    this.holdAfter(next);
    held.resolve();
  }

  start(): Promise<Worker> {
    let calls = 0;
    return startWorker(async ({ n }) => {
      calls += 1;
      if (calls > this.#last) await this.#held.promise;
      return { n: Number(n) + 1 };
    });
  }
}

/** Starts child runs, waits and a run that is being undone. */
async function begin(place: Workplace, worker: Worker): Promise<Family> {
  const { clients, namespace } = place;
  await place.register('worker', worker);
  await place.apply({ id: 'one', nodes: [call('work')] });
  for (const definition of [FAMILY, WAITS, UNDONE]) await place.apply(definition);
  const waits = await place.start('waits');
  const target = { case: 'runId', value: waits } as const;
  await clients.runs.signalRun({ namespace, target, signalName: 'later', signalId: 'early' });
  const undone = await place.start('undone');
  await place.until(undone, (run) => stateOf(run) === 'WAITING', 'four nodes to be done');
  const items = Array.from({ length: ITEMS }, (_, n) => ({ n }));
  const family = await place.start('family', { items });
  await clients.runs.cancelRun({ namespace, runId: undone });
  return { family, waits, undone };
}

/** Sends what the runs wait for, and checks what they come to. */
async function checkEnds(place: Workplace, worker: Worker, { family, waits, undone }: Family): Promise<void> {
  const { clients, namespace } = place;
  const target = { case: 'runId', value: waits } as const;
  await clients.runs.signalRun({ namespace, target, signalName: 'later', signalId: 'early' });
  await clients.runs.signalRun({ namespace, target, signalName: 'go' });
  const decision = { namespace, runId: waits, nodeId: 'review', approved: true, decidedBy: 'ada' };
  await clients.approvals.decideApproval(decision);
  const [first, second, third] = await Promise.all([place.ended(family), place.ended(waits), place.ended(undone)]);
  assert.deepEqual([stateOf(first), outputOf(first)], ['DONE', [ITEMS, ROUNDS]], first.failure?.message);
  assert.deepEqual(
    outputOf(nodeOf(first, 'each')),
    Array.from({ length: ITEMS }, (_, n) => ({ n: n + 1 })),
  );
  assert.deepEqual([stateOf(second), outputOf(second)], ['DONE', [null, 'ada']]);
  assert.equal(stateOf(third), 'CANCELLED');
  const undoing = third.nodes.filter(({ nodeId }) => nodeId.endsWith('~compensate'));
  assert.deepEqual(
    undoing.map(outputOf),
    Array.from({ length: 4 }, () => ({ n: 2 })),
  );
  for (const [node, keys] of attemptsOf(worker)) assert.equal(keys.size, 1, node);
  const all = await place.list({ includeChildren: true });
  assert.equal(all.length, 3 + ITEMS * 2 + ROUNDS);
  assert.deepEqual(new Set(all.map(stateOf)), new Set(['DONE', 'CANCELLED']));
}

/** Resolves when calls are held in the middle of the work. */
async function isHeld({ calls }: Worker, after: number): Promise<void> {
  await eventually(() => calls.length > after, { describe: `more than ${after} calls`, timeoutMs: 30_000 });
}

test(
  'kill -9 of an embedded platform among child runs, waits and undoing loses nothing',
  { timeout: 150_000 },
  async () => {
    await using directory = await temporaryDirectory('crash-graphs');
    const pace = new Pace();
    await using worker = await pace.start();
    pace.holdAfter(CALLS_BEFORE_KILL);
    let begun: Family;
    {
      await using platform = await startDev(directory.path);
      begun = await begin(new Workplace({ clients: createClients(platform.apiUrl) }, 'default'), worker);
      await isHeld(worker, CALLS_BEFORE_KILL);
      platform.process.kill('SIGKILL');
      await platform.process.exited;
      pace.release();
    }
    await using platform = await startDev(directory.path);
    await checkEnds(new Workplace({ clients: createClients(platform.apiUrl) }, 'default'), worker, begun);
  },
);

test('nor does kill -9 of a scheduler and then of an executor of a distributed one', { timeout: 150_000 }, async () => {
  await using platform = await startPlatform('distributed');
  const pace = new Pace();
  await using worker = await pace.start();
  const place = new Workplace(platform, 'crash-graphs');
  pace.holdAfter(KILLS[0].afterCalls);
  const begun = await begin(place, worker);
  for (const { part, afterCalls, next } of KILLS) {
    await isHeld(worker, afterCalls);
    const { pid = 0 } = (await partsOf(platform.dataDir))[part] ?? {};
    process.kill(pid, 'SIGKILL');
    await eventually(async () => !(await isAlive(pid)), { describe: `the ${part} to be gone` });
    pace.release(next);
    const { code, stderr } = await platform.skein('up');
    assert.equal(code, 0, stderr);
  }
  await checkEnds(place, worker, begun);
});
