/** Workers against a whole platform over HTTP/2, with connections that break. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '@skein/testkit';
import { defineAgent } from '../agent/agent.ts';
import { AgentError } from '../agent/agent-error.ts';
import { SkeinError } from '../client/skein-error.ts';
import { Skein } from '../client/skein.ts';
import { testPlatform } from '../testing/platform.ts';
import { tcpProxy } from '../testing/tcp-proxy.ts';
import { work } from './work.ts';

let platform: Awaited<ReturnType<typeof testPlatform>>;
before(async () => {
  platform = await testPlatform();
});
after(() => platform[Symbol.asyncDispose]());

const options = { closeOnSignals: false, log: () => {} };
const skein = () => new Skein({ api: platform.apiUrl });

test('a worker answers, foresees failures, and leaves when it is closed', async () => {
  const agent = defineAgent<{ n: number }>({ id: 'doubler', version: '1.0.0', input: { type: 'object' } }, ({ n }) => {
    if (n < 0) throw new AgentError('NEGATIVE', { message: 'give me more', details: { n } });
    return n * 2;
  });
  const worker = work(agent, { ...options, api: platform.apiUrl });
  await worker.registered;
  assert.equal(await skein().agents.invoke('doubler', { n: 21 }), 42);
  await assert.rejects(skein().agents.invoke('doubler', { n: -1 }), (error) => {
    assert.ok(error instanceof SkeinError);
    assert.deepEqual([error.code, error.reason], ['FAILED', 'NEGATIVE']);
    return true;
  });
  await assert.rejects(
    skein().agents.invoke('doubler', 'text'),
    (error) => error instanceof SkeinError && error.reason === 'INVALID_INPUT',
  );
  await worker.close();
  await worker.closed;
});

test('a connection cut in the middle of streams loses nothing, doubles nothing, and does nothing twice', async () => {
  await using proxy = await tcpProxy(platform.apiUrl);
  const WORDS = 60;
  const begun: string[] = [];
  const agent = defineAgent<string>({ id: 'speaker', version: '1.0.0' }, async (name, ctx) => {
    begun.push(ctx.idempotencyKey);
    for (let word = 0; word < WORDS; word += 1) {
      ctx.delta(`${name}${word} `);
      if (word % 20 === 10) proxy.cut();
      await new Promise(setImmediate);
    }
    return `${name} has spoken`;
  });
  await using worker = work(agent, { ...options, api: proxy.url, concurrency: 2 });
  await worker.registered;
  const names = ['a', 'b', 'c', 'd', 'e'];
  const runs = await Promise.all(names.map((input) => skein().runs.start({ agent: 'speaker', input })));
  for (const [at, { runId }] of runs.entries()) {
    const name = names[at] ?? '';
    const ended = await skein().runs.await(runId, { timeoutMs: 60_000 });
    assert.deepEqual([ended.error?.message, ended.output], [undefined, `${name} has spoken`]);
    let text = '';
    for await (const { item } of skein().runs.events(runId, { taskEvents: true })) {
      if (item.case === 'streamReset') text = '';
      if (item.case === 'taskEvent' && item.value.event.case === 'agentStreamDelta')
        text += item.value.event.value.text;
    }
    const whole = Array.from({ length: WORDS }, (_, word) => `${name}${word} `).join('');
    assert.equal(text, whole);
  }
  assert.equal(begun.length, names.length, 'each piece of work begins once');
  assert.equal(new Set(begun).size, names.length);
  assert.ok(proxy.accepted > 1, 'the connection was made again');
});

test('a worker that is closed ends what it has, though its connection breaks', async () => {
  await using proxy = await tcpProxy(platform.apiUrl);
  const release = Promise.withResolvers<void>();
  let begun = 0;
  const agent = defineAgent({ id: 'slow', version: '1.0.0' }, async () => {
    begun += 1;
    await release.promise;
    return 'done';
  });
  const worker = work(agent, { ...options, api: proxy.url });
  await worker.registered;
  const { runId } = await skein().runs.start({ agent: 'slow' });
  await eventually(() => begun === 1, { describe: 'the work to begin' });
  const closing = worker.close();
  proxy.cut();
  await eventually(() => proxy.accepted === 2, { describe: 'the worker to come back' });
  release.resolve();
  await closing;
  const { output } = await skein().runs.await(runId, { timeoutMs: 30_000 });
  assert.equal(output, 'done');
  assert.equal(begun, 1);
});

test('a cancelled run aborts the signal of its handler', async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const agent = defineAgent({ id: 'endless', version: '1.0.0' }, async (_input, { signal }) => {
    begun.resolve(signal);
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    return null;
  });
  await using worker = work(agent, { ...options, api: platform.apiUrl });
  await worker.registered;
  const { runId } = await skein().runs.start({ agent: 'endless' });
  const signal = await begun.promise;
  await skein().runs.cancel(runId, 'enough');
  await eventually(() => signal.aborted, { describe: 'the signal' });
  assert.equal((await skein().runs.await(runId)).state, 'CANCELLED');
});

test('where to go on from reaches the next attempt', async () => {
  const seen: unknown[] = [];
  const agent = defineAgent({ id: 'resumer', version: '1.0.0' }, async (_input, ctx) => {
    seen.push([ctx.attempt, ctx.resumeDetails]);
    if (ctx.attempt > 1) return ctx.resumeDetails ?? null;
    ctx.heartbeat({ page: 7 });
    throw new AgentError('FLAKY', { retryable: true, retryAfterMs: 10 });
  });
  await using worker = work(agent, { ...options, api: platform.apiUrl });
  await worker.registered;
  await skein().workflows.apply({
    id: 'resumes',
    nodes: [{ id: 'read', type: 'agent', agent_id: 'resumer', retry: { max_attempts: 2 } }],
  });
  assert.deepEqual(await skein().workflows.run('resumes', {}), { page: 7 });
  assert.deepEqual(seen, [
    [1, undefined],
    [2, { page: 7 }],
  ]);
});

test('a question waits for its answer, and the handler goes on with it', async () => {
  const agent = defineAgent<string>({ id: 'asker', version: '1.0.0' }, (item, ctx) => {
    if (ctx.answer === undefined) return ctx.ask({ message: 'Which size?', schema: { type: 'string' }, state: item });
    return { item: ctx.answer.state, size: ctx.answer.value, turn: ctx.answer.turn };
  });
  await using worker = work(agent, { ...options, api: platform.apiUrl });
  await worker.registered;
  const { runId } = await skein().runs.start({ agent: 'asker', input: 'shirt' });
  await eventually(async () => (await skein().runs.get(runId)).state === 'WAITING', { describe: 'the question' });
  await assert.rejects(
    skein().runs.answer(runId, 7),
    (error) => error instanceof SkeinError && error.reason === 'INPUT_SCHEMA_VIOLATION',
  );
  await skein().runs.answer(runId, 'XL');
  assert.deepEqual((await skein().runs.await(runId)).output, { item: 'shirt', size: 'XL', turn: 1 });
});

test('a worker that is refused says why', async () => {
  const agent = defineAgent({ id: 'refused', version: '1.0.0' }, () => null);
  const worker = work(agent, { ...options, api: platform.apiUrl, namespace: 'not a namespace!' });
  await assert.rejects(worker.registered, (error) => error instanceof SkeinError && error.reason === 'INVALID_FIELD');
  await assert.rejects(worker.closed, SkeinError);
});
