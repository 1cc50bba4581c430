/** R11 of the hot path (docs/hot-path.md): no service starts on a Postgres that answers before a commit is on disk. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { createMemoryBus } from '@skein/bus';
import { AgentRegistryService } from '@skein/contracts/registry';
import { TaskService } from '@skein/contracts/scheduler';
import { PostgresError, startEmbeddedPostgres } from '@skein/postgres';
import { directTransport } from '@skein/rpc';
import { temporaryDirectory, testDatabase } from '@skein/testkit';
import { pino } from 'pino';
import { createEventLogService } from '../../services/event-log/src/service.ts';
import { createLlmProxyService } from '../../services/llm-proxy/src/service.ts';
import { createRegistryService } from '../../services/registry/src/service.ts';
import { createSchedulerService } from '../../services/scheduler/src/service.ts';

const logger = pino({ level: 'silent' });
const nobody = directTransport([]);

/** Every service that keeps state. */
const STARTS: Readonly<Record<string, (databaseUrl: string) => Promise<AsyncDisposable>>> = {
  registry: (databaseUrl) => createRegistryService({ databaseUrl, logger }),
  'llm-proxy': (databaseUrl) => createLlmProxyService({ databaseUrl, logger }),
  'event-log': (databaseUrl) => {
    const schedulerTasks = createClient(TaskService, nobody);
    return createEventLogService({ databaseUrl, logger, bus: createMemoryBus(), schedulerTasks });
  },
  scheduler: (databaseUrl) => {
    const registry = createClient(AgentRegistryService, nobody);
    const identity = { schedulerId: 'scheduler-1', address: '127.0.0.1:1' };
    return createSchedulerService({ ...identity, databaseUrl, logger, bus: createMemoryBus(), registry });
  },
};

/** A database whose commits may be lost, by one setting. */
interface CarelessDatabase extends AsyncDisposable {
  readonly url: string;
}

const CARELESS: Readonly<Record<string, () => Promise<CarelessDatabase>>> = {
  async synchronous_commit() {
    const database = await testDatabase();
    await database.pool(1).query(`alter database ${database.name} set synchronous_commit = off`);
    return database;
  },
  async fsync() {
    await using cleanup = new AsyncDisposableStack();
    const { path: dataDir } = cleanup.use(await temporaryDirectory());
    const quiet = { info: () => {}, warn: () => {} };
    const server = await startEmbeddedPostgres({ dataDir, log: quiet, settings: { fsync: 'off' } });
    assert.equal(server.kind, 'started');
    cleanup.defer(() => (server.kind === 'started' ? server.stop() : undefined));
    const stopping = cleanup.move();
    return { url: server.url, [Symbol.asyncDispose]: () => stopping.disposeAsync() };
  },
};

for (const [setting, open] of Object.entries(CARELESS)) {
  describe(`R11 Postgres with ${setting} off`, () => {
    const cleanup = new AsyncDisposableStack();
    let database: CarelessDatabase;
    before(async () => {
      database = cleanup.use(await open());
    });
    after(() => cleanup.disposeAsync());

    for (const [name, start] of Object.entries(STARTS)) {
      test(`R11 ${name} refuses it, and says what to set`, async () => {
        // What starts all the same is stopped, so that the test fails and does not hang.
        const started = start(database.url).then((service) => service[Symbol.asyncDispose]());
        await assert.rejects(started, (error: unknown) => {
          assert.ok(error instanceof PostgresError);
          assert.equal(error.reason, 'DURABILITY_OFF');
          assert.match(error.message, new RegExp(`set ${setting} = on`));
          return true;
        });
      });
    }
  });
}
