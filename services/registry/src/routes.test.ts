/** Routes reach whoever watches, whatever happens to the database and the processes around it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code } from '@connectrpc/connect';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { databaseProxy } from './testing/database-proxy.ts';
import { registryRig, TRANSPORTS, type RegistryRig, type RunningRegistry } from './testing/registry-rig.ts';
import { RouteLog } from './testing/route-log.ts';

const put = ({ client }: Pick<RunningRegistry, 'client'>, agentId: string, description = '') =>
  client.registerAgent({ agentId, description, version: '1.0.0', endpoints: [`inprocess:${agentId}`] });

/** Cuts every connection to the database, as a restart of it does. */
const cutConnections = (rig: RegistryRig) =>
  rig.database.pool(1).query(
    `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
  );

for (const transport of TRANSPORTS) {
  test(`changes of any registry reach the watchers of every other (${transport})`, async () => {
    await using rig = await registryRig({ transport });
    await using other = await rig.another();
    using here = new RouteLog(rig.client);
    using there = new RouteLog(other.client);
    await Promise.all([here.synced, there.synced]);
    await put(rig, 'one');
    await put(other, 'two');
    for (const log of [here, there]) await log.until(({ agents }) => agents.has('one') && agents.has('two'));
    await other.client.unregisterAgent({ agentId: 'one' });
    for (const log of [here, there]) await log.until(({ news }) => news.includes('-one'));
  });
}

test('what changes while the database is away is told when it is back', async () => {
  await using rig = await registryRig();
  await using other = await rig.another();
  await put(rig, 'stays');
  await put(rig, 'goes');
  using log = new RouteLog(other.client);
  await log.synced;
  for (let round = 0; round < 3; round += 1) {
    await cutConnections(rig);
    await eventually(() => put(rig, `new${round}`), { describe: 'the registry to work again' });
    await log.until(({ agents }) => agents.has(`new${round}`));
  }
  await cutConnections(rig);
  await eventually(() => rig.client.unregisterAgent({ agentId: 'goes' }), { describe: 'the registry to work again' });
  await log.until(({ news }) => news.includes('-goes'));
  assert.equal(log.error, undefined, 'the watcher was not disturbed');
  assert.ok(log.agents.has('stays'));
});

test('a change that nobody was told of is found after a reconnect', async () => {
  await using rig = await registryRig();
  await put(rig, 'quiet');
  using log = new RouteLog(rig.client);
  await log.synced;
  const pool = rig.database.pool(1);
  await pool.query(`update registry.agent_version set description = 'changed in silence'`);
  await cutConnections(rig);
  await log.until(({ agents }) => agents.get('quiet')?.description === 'changed in silence');
});

test('a registry that restarts knows everything', async () => {
  await using rig = await registryRig();
  const { agent } = await put(rig, 'durable');
  await rig.service[Symbol.asyncDispose]();
  await using after = await rig.another();
  assert.deepEqual((await after.client.getAgent({ agentId: 'durable' })).agent, agent);
  using log = new RouteLog(after.client);
  await log.synced;
  assert.deepEqual(log.news, ['+durable', 'synced']);
});

test('a watcher of a registry that stops is told to come again', async () => {
  await using rig = await registryRig();
  using log = new RouteLog(rig.client);
  await log.synced;
  await rig.service[Symbol.asyncDispose]();
  await eventually(() => log.error, { describe: 'the stream to end' });
  const { code, reason } = describeError(log.error);
  assert.deepEqual([code, reason], [Code.Unavailable, 'NOT_READY']);
});

test('many who register one agent at the same time make one agent', async () => {
  await using rig = await registryRig();
  await using other = await rig.another();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, at) => put(at % 2 === 0 ? rig : other, 'same', `by ${at % 3}`)),
  );
  assert.equal(answers.filter(({ created }) => created).length, 1);
  const { agents } = await rig.client.listAgents({});
  assert.equal(agents.length, 1);
});

test('while the database is away, routes stay, and everything says so', async () => {
  await using rig = await registryRig();
  await using proxy = await databaseProxy(rig.database.url);
  await using behind = await rig.another(proxy.url);
  await put(rig, 'known');
  assert.deepEqual(await behind.service.ready(), { ready: true });
  using before = new RouteLog(behind.client);
  await before.until(({ agents }) => agents.has('known'));

  proxy.takeAway();
  await eventually(async () => !(await behind.service.ready()).ready, { describe: 'the registry to notice' });
  await put(rig, 'unheard');
  const { code, reason } = describeError(await behind.client.getAgent({ agentId: 'known' }).catch((error) => error));
  assert.deepEqual([code, reason], [Code.Unavailable, 'SERVICE_UNAVAILABLE']);
  using during = new RouteLog(behind.client);
  await during.synced;
  assert.deepEqual(during.news, ['+known', 'synced']);

  proxy.bringBack();
  for (const log of [before, during]) await log.until(({ agents }) => agents.has('unheard'));
  await eventually(async () => (await behind.service.ready()).ready, { describe: 'the registry to be ready' });
  assert.equal((await behind.client.getAgent({ agentId: 'unheard' })).agent?.agentId, 'unheard');
});
