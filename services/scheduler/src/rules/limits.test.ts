/**
 * Limits hold whatever dies (docs/adr/0020-flow-control.md): several scheduler processes over one Postgres, killed and
 * started again at random while runs come, wait, are cancelled and end.
 *
 * What is checked is written down by Postgres itself: a trigger notes each time a run begins and ends. A slot's next
 * holder can only begin after the end of the one before is committed, so the order of the notes is the order of things.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, type Client } from '@connectrpc/connect';
import { RunService, WorkflowService } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import type { Pool } from '@skein/postgres';
import { grpcTransport } from '@skein/rpc';
import { eventually, freePort, spawnProcess, withSeed, type SeededRandom, type SpawnedProcess } from '@skein/testkit';
import { v7 as uuidv7 } from 'uuid';
import { schedulerDatabase } from '../testing/scheduler-database.ts';

const SCHEDULERS = 3;
const RUNS = 150;
const CUSTOMERS = ['a', 'b', 'c', 'd'];
const KILLS = 8;
const WHOLE = 3;
const PER_CUSTOMER = 1;

const DEFINITION = `
id: limited
concurrency:
  - { limit: ${WHOLE} }
  - { limit: ${PER_CUSTOMER}, key: "\${ input.customer }" }
priority: "\${ input.priority }"
fairness: { key: "\${ input.customer }", weight: 2 }
nodes:
  - { id: first, type: agent, agent_id: worker }
  - { id: second, type: agent, agent_id: worker }
edges:
  - { from: first, to: second }
`;

const WATCH = `
create table run_watch (at bigserial primary key, run_id uuid not null, begins boolean not null);
create function note_run() returns trigger language plpgsql as $$
begin
  if new.ended_at is not null then
    if old.status <> 'CREATED' then insert into run_watch (run_id, begins) values (new.run_id, false); end if;
  elsif old.status = 'CREATED' and new.status <> 'CREATED' then
    insert into run_watch (run_id, begins) values (new.run_id, true);
  end if;
  return null;
end $$;
create trigger run_watch after update on run for each row when (old.status is distinct from new.status)
  execute function note_run();`;

interface Clients {
  readonly runs: Client<typeof RunService>;
  readonly workflows: Client<typeof WorkflowService>;
}

/** The processes, and clients that ask any of them that answers. */
class Cluster implements AsyncDisposable {
  readonly #databaseUrl: string;
  readonly #random: SeededRandom;
  readonly #members: { readonly id: string; readonly port: number; process: SpawnedProcess | undefined }[] = [];
  readonly #transports = new AsyncDisposableStack();
  readonly #clients: Clients[] = [];

  constructor(databaseUrl: string, random: SeededRandom) {
    this.#databaseUrl = databaseUrl;
    this.#random = random;
  }

  async start(): Promise<void> {
    for (let n = 1; n <= SCHEDULERS; n += 1) {
      const member = { id: `scheduler-${n}`, port: await freePort(), process: undefined };
      this.#members.push(member);
      const transport = grpcTransport({ address: `127.0.0.1:${member.port}` });
      this.#transports.use(transport);
      this.#clients.push({
        runs: createClient(RunService, transport),
        workflows: createClient(WorkflowService, transport),
      });
    }
    await Promise.all(this.#members.map((_, index) => this.#boot(index)));
  }

  /** `kill -9`, and another life after a while. */
  async killOne(): Promise<void> {
    const index = this.#random.integer(0, SCHEDULERS - 1);
    const member = this.#members[index];
    if (member?.process === undefined) return;
    member.process.kill('SIGKILL');
    await member.process.exited;
    await this.#boot(index);
  }

  /** Asks schedulers until one answers. */
  async ask<T>(call: (clients: Clients) => Promise<T>): Promise<T> {
    const answer = await eventually(async () => ({ value: await call(this.#random.pick(this.#clients)) }), {
      describe: 'an answer of some scheduler',
      timeoutMs: 60_000,
    });
    return answer.value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process } of this.#members) process?.kill('SIGKILL');
    await Promise.all(this.#members.flatMap(({ process }) => process?.exited ?? []));
    await this.#transports.disposeAsync();
  }

  async #boot(index: number): Promise<void> {
    const member = this.#members[index];
    if (member === undefined) return;
    const entry = `${import.meta.dirname}/../testing/lone-scheduler.ts`;
    const args = [entry, member.id, String(member.port), this.#databaseUrl];
    member.process = await spawnProcess(process.execPath, { args, ready: /^ready$/m });
  }
}

interface LimitedRun {
  readonly runId: string;
  readonly customer: string;
  readonly cancelled: boolean;
}

test('no limit is exceeded and no slot is lost while schedulers are killed', { timeout: 300_000 }, () =>
  withSeed(async (random) => {
    await using database = await schedulerDatabase();
    await database.pool.query(WATCH);
    await using cluster = new Cluster(database.url, random);
    await cluster.start();
    await cluster.ask(({ workflows }) =>
      workflows.applyWorkflow({ definition: { case: 'source', value: DEFINITION } }),
    );
    const { runs, stop } = load(cluster, random);
    await using sampling = sample(database.pool);
    for (let n = 0; n < KILLS; n += 1) {
      const before = await endedCount(database.pool);
      // Between two kills something moves, or everything has ended.
      await eventually(
        async () => (await endedCount(database.pool)) >= Math.min(RUNS, before + random.integer(3, 15)),
        {
          describe: 'runs to end',
          timeoutMs: 60_000,
        },
      );
      await cluster.killOne();
    }
    const all = await runs;
    await eventually(async () => (await endedCount(database.pool)) === RUNS, {
      describe: 'all runs to end',
      timeoutMs: 120_000,
    });
    await eventually(async () => (await leftCount(database.pool)) === 0, { describe: 'no holder and no waiter' });
    stop();
    assert.deepEqual(await sampling.stop(), [], 'more holders than a limit');
    await checkNotes(database.pool, all);
  }),
);

/** Starts the runs, some to be cancelled at some time. */
function load(cluster: Cluster, random: SeededRandom) {
  const stopped = new AbortController();
  const one = async (index: number): Promise<LimitedRun> => {
    const customer = random.pick(CUSTOMERS);
    const runId = uuidv7();
    const request = {
      runId,
      requestId: `request-${index}`,
      target: { case: 'workflow' as const, value: { workflowId: 'limited' } },
      input: valueOfJson({ customer, priority: random.integer(1, 5) }),
    };
    await cluster.ask(({ runs }) => runs.startRun(request));
    const cancelled = random.next() < 0.15;
    if (cancelled && !stopped.signal.aborted) {
      await cluster.ask(({ runs }) => runs.cancelRun({ runId }).catch(ignoreEnded));
    }
    return { runId, customer, cancelled };
  };
  const lanes = Array.from({ length: 6 }, async (_, lane) => {
    const made: LimitedRun[] = [];
    for (let index = lane; index < RUNS; index += 6) made.push(await one(index));
    return made;
  });
  return { runs: Promise.all(lanes).then((made) => made.flat()), stop: () => stopped.abort() };
}

function ignoreEnded(error: unknown): void {
  if (!String(error).includes('has ended already')) throw error;
}

async function endedCount(pool: Pool): Promise<number> {
  return countOf(pool, 'select count(*)::int as count from run where ended_at is not null');
}

async function leftCount(pool: Pool): Promise<number> {
  return countOf(
    pool,
    'select (select count(*) from limit_holder)::int + (select count(*) from limit_waiter)::int as count',
  );
}

async function countOf(pool: Pool, text: string): Promise<number> {
  return (await pool.query<{ count: number }>(text)).rows[0]?.count ?? 0;
}

/** Looks at the holders again and again; answers with what was too many. */
function sample(pool: Pool) {
  const tooMany: string[] = [];
  const stopped = new AbortController();
  const work = (async () => {
    while (!stopped.signal.aborted) {
      const { rows } = await pool.query<{ key: string; holder_count: string; max_concurrency: number }>(
        'select key, holder_count, max_concurrency from limit_now where not has_slot and holder_count > max_concurrency',
      );
      for (const { key, holder_count: count, max_concurrency: max } of rows) tooMany.push(`${key}: ${count} of ${max}`);
    }
  })();
  const stop = async () => {
    stopped.abort();
    await work;
    return tooMany;
  };
  // A test that fails stops it too, before the pool goes.
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** Replays what began and ended, in order. */
async function checkNotes(pool: Pool, runs: readonly LimitedRun[]): Promise<void> {
  const customers = new Map(runs.map(({ runId, customer }) => [runId, customer]));
  const { rows } = await pool.query<{ run_id: string; begins: boolean }>(
    'select run_id, begins from run_watch order by at',
  );
  const running = new Set<string>();
  let most = 0;
  for (const { run_id: runId, begins } of rows) {
    if (begins) running.add(runId);
    else running.delete(runId);
    most = Math.max(most, running.size);
    assert.ok(running.size <= WHOLE, `${running.size} runs at a time`);
    const customer = customers.get(runId);
    const same = [...running].filter((it) => customers.get(it) === customer).length;
    assert.ok(same <= PER_CUSTOMER, `${same} runs of ${customer} at a time`);
  }
  assert.equal(running.size, 0);
  assert.equal(most, WHOLE, 'the limit is used to the full');
  const begun = new Set(rows.filter(({ begins }) => begins).map((row) => row.run_id));
  for (const { runId, cancelled } of runs) assert.ok(cancelled || begun.has(runId), `${runId} never began`);
}
