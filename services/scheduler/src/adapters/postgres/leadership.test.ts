import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { schedulerDatabase, type SchedulerDatabase } from '../../testing/scheduler-database.ts';
import { PostgresLeadership } from './leadership.ts';

let database: SchedulerDatabase;
before(async () => {
  database = await schedulerDatabase();
});
after(() => database[Symbol.asyncDispose]());
beforeEach(() => database.empty());

interface Candidate extends AsyncDisposable {
  readonly leadership: PostgresLeadership;
  /** One entry for each time it became active: whether nobody else was in between. */
  readonly became: boolean[];
  readonly retries: unknown[];
}

function candidate(
  schedulerId: string,
  options: { onActive?: () => Promise<void>; databaseUrl?: string } = {},
): Candidate {
  const became: boolean[] = [];
  const retries: unknown[] = [];
  const leadership = new PostgresLeadership({
    databaseUrl: options.databaseUrl ?? database.url,
    schedulerId,
    onRetry: (error) => void retries.push(error),
    async onActive(continued) {
      became.push(continued);
      await options.onActive?.();
    },
  });
  return { leadership, became, retries, [Symbol.asyncDispose]: () => leadership[Symbol.asyncDispose]() };
}

const becomesActive = ({ leadership }: Candidate) =>
  eventually(() => leadership.isActive, { describe: 'the candidate is active' });

/** Ends the session that holds the lock, as a failover or a firewall would. */
async function killHolder(): Promise<void> {
  await database.pool.query(`select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`);
}

test('of two candidates one is active; the other follows when it leaves', async () => {
  const first = candidate('a');
  await first.leadership.firstTry;
  assert.equal(first.leadership.isActive, true);
  await using second = candidate('b');
  await second.leadership.firstTry;
  assert.equal(second.leadership.isActive, false);
  assert.equal(second.leadership.activeSignal.aborted, true);
  await first[Symbol.asyncDispose]();
  assert.equal(first.leadership.isActive, false);
  await becomesActive(second);
  assert.equal(second.leadership.activeSignal.aborted, false);
  assert.deepEqual([first.became, second.became], [[false], [false]]);
});

test('a killed connection ends the leadership at once, and somebody has it again', async () => {
  await using first = candidate('a');
  await using second = candidate('b');
  await eventually(() => first.leadership.isActive !== second.leadership.isActive, { describe: 'one is active' });
  const [holder, other] = first.leadership.isActive ? [first, second] : [second, first];
  const { activeSignal } = holder.leadership;
  await killHolder();
  await eventually(() => activeSignal.aborted, { describe: 'the holder knows' });
  await eventually(() => first.leadership.isActive || second.leadership.isActive, { describe: 'one is active again' });
  assert.notEqual(first.leadership.isActive, second.leadership.isActive);
  assert.equal(holder.leadership.activeSignal === activeSignal && holder.leadership.isActive, false);
  assert.equal(other.became.length + holder.became.length, 2);
});

test('alone again after a broken connection, it knows that nobody was active in between', async () => {
  await using only = candidate('a');
  await becomesActive(only);
  await killHolder();
  await eventually(() => only.became.length === 2 && only.leadership.isActive, { describe: 'it is active again' });
  assert.deepEqual(only.became, [false, true]);
});

test('it knows when somebody else was active in between', async () => {
  const first = candidate('a');
  await becomesActive(first);
  await first[Symbol.asyncDispose]();
  const second = candidate('b');
  await becomesActive(second);
  await second[Symbol.asyncDispose]();
  await using third = candidate('a');
  await becomesActive(third);
  assert.deepEqual(third.became, [false]);
});

test('one that cannot take over lets go, and tries again', async () => {
  let tries = 0;
  await using only = candidate('a', {
    onActive: async () => {
      tries += 1;
      if (tries === 1) throw new Error('the runs cannot be read');
    },
  });
  await only.leadership.firstTry;
  assert.equal(only.leadership.isActive, false);
  await becomesActive(only);
  assert.equal(tries, 2);
  assert.match(String(only.retries[0]), /cannot be read/);
});

test('it is not active before it has taken over', async () => {
  const takingOver = Promise.withResolvers<void>();
  await using only = candidate('a', { onActive: () => takingOver.promise });
  await eventually(() => only.became.length === 1, { describe: 'it takes over' });
  assert.equal(only.leadership.isActive, false);
  takingOver.resolve();
  await becomesActive(only);
});

test('a database that does not answer is no reason to give up', async () => {
  await using lost = candidate('a', { databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing' });
  await lost.leadership.firstTry;
  assert.equal(lost.leadership.isActive, false);
  await eventually(() => lost.retries.length >= 2, { describe: 'it tries again' });
});

test('one that is stopped while it connects leaves no connection behind', async () => {
  await candidate('a')[Symbol.asyncDispose]();
  await using second = candidate('b');
  await becomesActive(second);
  const sessions = async () => {
    const { rows } = await database.pool.query<{ count: string }>(
      `select count(*) as count from pg_stat_activity
        where application_name = 'skein-scheduler-leader' and datname = current_database()`,
    );
    return Number(rows[0]?.count);
  };
  await eventually(async () => (await sessions()) === 1, { describe: 'only one session is open' });
});
