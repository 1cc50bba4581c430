/** Calls among several instances, versions and agents, with real servers that fail in real ways. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { AgentProtocol, BreakerState } from '@skein/contracts/registry';
import { eventually, freePort } from '@skein/testkit';
import { failureIn, outputOf, startStage, type Stage, type StageOptions } from './testing/executor-stage.ts';
import type { AgentOptions } from './testing/fake-registry.ts';
import type { AgentOptions as CallOptions, TaskOptions } from './testing/fake-scheduler.ts';
import { sendEvents, sendJson, startHttpAgent } from './testing/http-agent.ts';

const HTTP = AgentProtocol.HTTP_PROCESS;

const place = (instanceId: string, endpoint: string, given: object = {}) => ({ instanceId, endpoint, ...given });
const deadUrl = async () => `http://127.0.0.1:${await freePort()}`;

function stageWith(agents: Readonly<Record<string, AgentOptions>>, options: StageOptions = {}): Promise<Stage> {
  return startStage({
    ...options,
    prepare: ({ registry }) => {
      for (const [agentId, agent] of Object.entries(agents)) registry.add(agentId, agent);
    },
    env: { SKEIN_EXECUTOR_AGENT_WAIT: '0', ...options.env },
  });
}

const call = ({ scheduler }: Stage, options: TaskOptions & CallOptions = {}) =>
  scheduler.ended(scheduler.dispatchAgent('agent', null, options));

/** A server that takes connections and breaks them at the first byte. */
async function startBreaker() {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
    socket.once('data', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => void (await new Promise((done) => server.close(done))),
  };
}

suite('another instance', () => {
  test('is tried within the attempt, three in all', async () => {
    await using alive = await startHttpAgent((response) => sendJson(response, { output: 'alive' }));
    const dead = await Promise.all([deadUrl(), deadUrl(), deadUrl()]);
    const sick = dead.map((url, at) => place(`dead-${at}`, url));
    await using few = await stageWith({
      agent: { protocol: HTTP, instances: [...sick.slice(0, 2), place('alive', alive.url)] },
    });
    const report = await call(few);
    assert.deepEqual([outputOf(report), report.facts?.target], ['alive', 'alive']);
    await using many = await stageWith({ agent: { protocol: HTTP, instances: sick } });
    const failure = failureIn(await call(many));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNREACHABLE', true]);
  });

  test('is not tried where the answer has begun', async () => {
    await using half = await startHttpAgent((response, _post, socket) => {
      sendEvents(response)('delta', { text: 'half of ' });
      setImmediate(() => socket.destroy());
    });
    await using whole = await startHttpAgent((response) => {
      sendEvents(response)('done', { final_message: 'whole' });
      response.end();
    });
    await using stage = await stageWith({
      agent: {
        protocol: AgentProtocol.HTTP_INVOKE_SSE,
        instances: [place('half', half.url, { health: 1 }), place('whole', whole.url)],
      },
    });
    assert.equal(failureIn(await call(stage)).code, 'AGENT_UNREACHABLE');
    assert.equal(whole.received.length, 0);
  });

  test('is tried by a node that must not call twice only where nothing can have arrived', async () => {
    await using alive = await startHttpAgent((response) => sendJson(response, { output: 'alive' }));
    await using breaker = await startBreaker();
    const good = place('alive', alive.url);
    await using refused = await stageWith({
      agent: { protocol: HTTP, instances: [place('dead', await deadUrl(), { health: 1 }), good] },
    });
    assert.equal(outputOf(await call(refused, { atMostOnce: true })), 'alive');
    await using broken = await stageWith({
      agent: { protocol: HTTP, instances: [place('breaks', breaker.url, { health: 1 }), good] },
    });
    assert.equal(failureIn(await call(broken, { atMostOnce: true })).code, 'AGENT_UNREACHABLE');
    assert.equal(breaker.connections(), 1);
    assert.equal(outputOf(await call(broken, { atMostOnce: true })), 'alive', 'the one that broke rests');
  });

  test('a call that must not be made twice and was not made says so', async () => {
    await using stage = await stageWith({ agent: { protocol: HTTP, instances: [place('dead', await deadUrl())] } });
    const failure = failureIn(await call(stage, { atMostOnce: true }));
    assert.deepEqual([failure.code, failure.retryable], ['AGENT_UNAVAILABLE', true]);
  });

  test('takes over from one that says that it is overloaded, but not from one that refuses the work', async () => {
    await using full = await startHttpAgent((response) => sendJson(response, { error: 'full' }, 503));
    await using picky = await startHttpAgent((response) => sendJson(response, { error: 'no' }, 422));
    await using alive = await startHttpAgent((response) => sendJson(response, { output: 'alive' }));
    const after = (url: string) => ({
      agent: { protocol: HTTP, instances: [place('first', url, { health: 1 }), place('alive', alive.url)] },
    });
    await using overloaded = await stageWith(after(full.url));
    assert.equal(outputOf(await call(overloaded)), 'alive');
    await using refused = await stageWith(after(picky.url));
    assert.equal(failureIn(await call(refused)).code, 'AGENT_ERROR_STATUS');
  });

  test('an instance that dies under load costs no call', async () => {
    const answer = (name: string) => startHttpAgent((response) => sendJson(response, { output: name }));
    await using one = await answer('one');
    await using two = await answer('two');
    const three = await answer('three');
    const instances = [one, two, three].map(({ url }, at) => place(`i-${at}`, url));
    await using stage = await stageWith({ agent: { protocol: HTTP, instances } });
    const refs = Array.from({ length: 60 }, () => stage.scheduler.dispatchAgent('agent', null));
    await eventually(() => three.received.length > 0, { describe: 'a call of the third' });
    await three[Symbol.asyncDispose]();
    refs.push(...Array.from({ length: 60 }, () => stage.scheduler.dispatchAgent('agent', null)));
    for (const ref of refs) outputOf(await stage.scheduler.ended(ref));
  });
});

suite('fallback', () => {
  test('follows where no instance can be reached; the report names who answered', async () => {
    await using backup = await startHttpAgent((response) => sendJson(response, { output: 'backup' }));
    const dead = { protocol: HTTP, instances: [place('dead', await deadUrl())] };
    const agents = {
      agent: { ...dead, routing: { fallbackAgentIds: ['unknown', 'other', 'backup'] } },
      other: { protocol: HTTP, instances: [] },
      backup: { protocol: HTTP, version: '9.0.0', instances: [place('b', backup.url)] },
    };
    await using stage = await stageWith(agents);
    const report = await call(stage, { version: '^1' });
    assert.equal(outputOf(report), 'backup');
    const { targetAgentId, target, targetVersion, instancesTried } = report.facts ?? {};
    assert.deepEqual([targetAgentId, target, targetVersion, instancesTried], ['backup', 'b', '9.0.0', 2]);
    assert.equal(backup.received[0]?.body['input'] !== undefined, true);
  });

  test('of the node comes instead of that of the agent, also where the agent is not known', async () => {
    await using backup = await startHttpAgent((response) => sendJson(response, { output: 'backup' }));
    await using other = await startHttpAgent((response) => sendJson(response, { output: 'other' }));
    await using stage = await stageWith({
      agent: { protocol: HTTP, instances: [], routing: { fallbackAgentIds: ['backup'] } },
      backup: { protocol: HTTP, instances: [place('b', backup.url)] },
      other: { protocol: HTTP, instances: [place('o', other.url)] },
    });
    assert.equal(outputOf(await call(stage)), 'backup');
    assert.equal(outputOf(await call(stage, { fallback: ['other'] })), 'other');
    assert.equal(failureIn(await call(stage, { fallback: [] })).code, 'AGENT_UNAVAILABLE');
    const ghost = stage.scheduler.dispatchAgent('ghost', null, { fallback: ['other'] });
    assert.equal(outputOf(await stage.scheduler.ended(ghost)), 'other');
  });

  test('is for who cannot be reached, not for who fails; the first failure is told where all fail', async () => {
    await using failing = await startHttpAgent((response) => sendJson(response, { error: 'broken' }, 500));
    await using backup = await startHttpAgent((response) => sendJson(response, { output: 'backup' }));
    const instead = { routing: { fallbackAgentIds: ['backup'] } };
    await using stage = await stageWith({
      agent: { protocol: HTTP, instances: [place('f', failing.url)], ...instead },
      backup: { protocol: HTTP, instances: [place('b', backup.url)] },
    });
    assert.equal(failureIn(await call(stage)).code, 'AGENT_ERROR_STATUS');
    assert.equal(backup.received.length, 0);
    const dead = await deadUrl();
    await using hopeless = await stageWith({
      agent: { protocol: HTTP, instances: [place('d', dead)], ...instead },
      backup: { protocol: HTTP, instances: [] },
    });
    assert.match(failureIn(await call(hopeless)).place, new RegExp(`agent agent at ${dead}`));
  });
});

suite('rest', () => {
  test('a breaker opens after failures in a row, fails fast, and closes when the instance is back', async () => {
    let status = 500;
    await using agent = await startHttpAgent((response) => sendJson(response, { output: 'back' }, status));
    await using stage = await stageWith({
      agent: {
        protocol: HTTP,
        instances: [place('i', agent.url)],
        routing: { circuitBreaker: { failureThreshold: 3, resetTimeout: { nanos: 300_000_000 } } },
      },
    });
    for (let at = 0; at < 3; at += 1) assert.equal(failureIn(await call(stage)).code, 'AGENT_ERROR_STATUS');
    const open = failureIn(await call(stage));
    assert.deepEqual([open.code, open.retryable, agent.received.length], ['AGENT_UNAVAILABLE', true, 3]);
    const waitNanos = open.retryAfter?.nanos ?? 0;
    assert.ok(waitNanos > 0 && waitNanos <= 300_000_000, `${waitNanos} ns`);
    status = 200;
    await eventually(async () => (await call(stage)).report.case === 'succeeded', { describe: 'the breaker to close' });
    assert.equal(agent.received.length, 4);
    const reported = () => stage.registry.reports.flatMap(({ instances }) => instances.map(({ breaker }) => breaker));
    await eventually(() => reported().includes(BreakerState.CLOSED), { describe: 'a report of the calls' });
  });

  test('what the agent itself calls a failure opens nothing', async () => {
    await using agent = await startHttpAgent((response) =>
      sendJson(response, { status: 'failed', error_code: 'NO_SUCH_ORDER', output: null }),
    );
    await using stage = await stageWith({ agent: { protocol: HTTP, instances: [place('i', agent.url)] } });
    for (let at = 0; at < 7; at += 1) assert.equal(failureIn(await call(stage)).code, 'NO_SUCH_ORDER');
    assert.equal(agent.received.length, 7);
  });

  test('a drained instance gets no new calls, and its running ones end', async () => {
    const held = Promise.withResolvers<void>();
    await using agent = await startHttpAgent(async (response) => {
      await held.promise;
      sendJson(response, { output: 'done' });
    });
    const instance = place('i', agent.url);
    await using stage = await stageWith({ agent: { protocol: HTTP, instances: [instance] } });
    const running = stage.scheduler.dispatchAgent('agent', null);
    await eventually(() => agent.received.length === 1, { describe: 'the call' });
    stage.registry.add('agent', { protocol: HTTP, instances: [{ ...instance, drained: true }] });
    const failure = await eventually(
      async () => {
        const report = await call(stage, { startToCloseMs: 100 });
        return report.report.case === 'failed' ? failureIn(report) : undefined;
      },
      { describe: 'the drain to be known' },
    );
    assert.match(failure.message, /drained|100 ms/);
    held.resolve();
    assert.equal(outputOf(await stage.scheduler.ended(running)), 'done');
    assert.match(failureIn(await call(stage)).remedy, /skein agents enable agent/);
  });
});

test('versions live side by side, each called in its own way', async () => {
  await using old = await startHttpAgent((response) => sendJson(response, { output: 'old' }));
  await using stage = await stageWith(
    {
      agent: {
        protocol: AgentProtocol.IN_PROCESS,
        version: '2.0.0',
        versions: [
          { version: '2.0.0', protocol: AgentProtocol.IN_PROCESS },
          { version: '1.4.0', protocol: HTTP, config: { tone: 'formal' } },
        ],
        instances: [place('new', 'inprocess:fresh', { version: '2.0.0' }), place('old', old.url, { version: '1.4.0' })],
      },
    },
    { functions: { fresh: () => 'new' } },
  );
  const answers = async (version: string) => {
    const report = await call(stage, { version });
    return [outputOf(report), report.facts?.targetVersion];
  };
  assert.deepEqual(await answers('^1'), ['old', '1.4.0']);
  assert.deepEqual(await answers('>=2'), ['new', '2.0.0']);
  assert.partialDeepStrictEqual(old.received[0]?.body, { config: { tone: 'formal' } });
  const failure = failureIn(await call(stage, { version: '^3' }));
  assert.match(failure.message, /versions 2.0.0, 1.4.0, and the node asks for \^3/);
});

test('the loads that the registry tells decide between instances', async () => {
  await using busy = await startHttpAgent((response) => sendJson(response, { output: 'busy' }));
  await using idle = await startHttpAgent((response) => sendJson(response, { output: 'idle' }));
  await using stage = await stageWith({
    agent: { protocol: HTTP, instances: [place('busy', busy.url), place('idle', idle.url)] },
  });
  // A call that was made shows that somebody watches.
  await call(stage);
  stage.registry.tellLoads({ busy: { load: 0.9, inFlight: 9 }, idle: { load: 0.1, inFlight: 1 } });
  // Twenty in a row are no chance.
  const twenty = async () => {
    for (let at = 0; at < 20; at += 1) if (outputOf(await call(stage)) !== 'idle') return false;
    return true;
  };
  await eventually(twenty, { describe: 'the idle one to get all calls' });
});
