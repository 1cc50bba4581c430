/** A question with a key is paid for once, whatever happens around it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code } from '@connectrpc/connect';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { countedRig, question, type CountedRig } from './testing/counted-upstream.ts';
import { TRANSPORTS, type RunningProxy } from './testing/llm-rig.ts';

const reason = (expected: string) => (error: unknown) => describeError(error).reason === expected;

async function streamed({ client }: RunningProxy, key: string, deltas: string[] = []) {
  for await (const { event } of client.streamComplete(question(key))) {
    if (event.case === 'delta') deltas.push(event.value);
    if (event.case === 'completion') return { deltas, completion: event.value };
  }
  return assert.fail('the stream ended without a completion');
}

const asked = (rig: CountedRig, count: number) =>
  eventually(() => rig.upstream.calls.length === count, { describe: `${count} calls of the upstream` });

for (const transport of TRANSPORTS) {
  test(`two who ask at the same time buy once (${transport})`, async () => {
    await using rig = await countedRig(true, { transport });
    const whole = rig.client.complete(question('key'));
    await asked(rig, 1);
    const pieces = streamed(rig, 'key');
    const another = rig.client.complete(question('other key'));
    await asked(rig, 2);
    await assert.rejects(rig.client.complete(question('key', 'something else')), reason('REQUEST_ID_REUSED'));
    rig.release();
    assert.equal((await whole).completion?.text, 'answer 1');
    const { deltas, completion } = await pieces;
    assert.equal(completion.text, 'answer 1');
    assert.equal(deltas.join(''), 'answer 1', 'who comes later gets the whole text');
    assert.equal((await another).completion?.text, 'answer 2');
    assert.equal(rig.upstream.calls.length, 2);
  });
}

test('without a key every call is bought', async () => {
  await using rig = await countedRig(false);
  assert.equal((await rig.client.complete(question())).completion?.text, 'answer 1');
  assert.equal((await rig.client.complete(question())).completion?.text, 'answer 2');
});

test('two proxies buy once; the other waits and reads', async () => {
  await using rig = await countedRig(true);
  await using other = await rig.another();
  const first = rig.client.complete(question('key'));
  await asked(rig, 1);
  const second = other.client.complete(question('key'));
  await assert.rejects(other.client.complete(question('key', 'something else')), reason('REQUEST_ID_REUSED'));
  rig.release();
  assert.deepEqual(
    [await first, await second].map(({ completion }) => [completion?.text, completion?.replayed]),
    [
      ['answer 1', false],
      ['answer 1', true],
    ],
  );
  assert.equal(rig.upstream.calls.length, 1);
});

test('who leaves does not end the call for those who stay', async () => {
  await using rig = await countedRig(true);
  const over = new AbortController();
  const leaving = rig.client.complete(question('key'), { signal: over.signal });
  await asked(rig, 1);
  const deltas: string[] = [];
  const staying = streamed(rig, 'key', deltas);
  await eventually(() => deltas.length > 0, { describe: 'the other one to have joined' });
  over.abort();
  await assert.rejects(leaving, (error) => describeError(error).code === Code.Canceled);
  rig.release();
  assert.equal((await staying).completion.text, 'answer 1');
  assert.equal(rig.upstream.calls[0]?.aborted, false);
});

test('when the last one has left, the call ends, and the next one buys', async () => {
  await using rig = await countedRig(true);
  const over = new AbortController();
  const leaving = rig.client.complete(question('key'), { signal: over.signal });
  await asked(rig, 1);
  over.abort();
  await assert.rejects(leaving);
  await eventually(() => rig.upstream.calls[0]?.aborted, { describe: 'the upstream call to be cut' });
  rig.release();
  const { completion } = await rig.client.complete(question('key'));
  assert.deepEqual([completion?.text, completion?.replayed], ['answer 2', false]);
});

test('a purchase that fails leaves nothing behind', async () => {
  await using rig = await countedRig(false);
  rig.failNext();
  await assert.rejects(rig.client.complete(question('key')), reason('PROVIDER_ERROR'));
  const { rows } = await rig.database.pool().query('select * from llm.completion');
  assert.deepEqual(rows, []);
  // A failed question does not hold its key either.
  assert.equal((await rig.client.complete(question('key', 'something else'))).completion?.text, 'answer 1');
});

test('a claim whose owner is gone runs out, and the next one buys', async () => {
  await using rig = await countedRig(false);
  const pool = rig.database.pool();
  const { completion } = await rig.client.complete(question('key'));
  assert.equal(completion?.text, 'answer 1');
  // As if the owner had crashed between the answer and the store.
  await pool.query(
    `update llm.completion set answered_at = null, answer = null, model = null, finish_reason = null,
     input_tokens = null, output_tokens = null, owner = 'gone', claimed_until = now() + interval '300 ms'`,
  );
  const again = await rig.client.complete(question('key'));
  assert.deepEqual([again.completion?.text, again.completion?.replayed], ['answer 2', false]);
});

test('of two answers to one key the first that is stored is everybody’s', async () => {
  await using rig = await countedRig(true);
  await using other = await rig.another();
  const slow = rig.client.complete(question('key'));
  await asked(rig, 1);
  // As if the claim had not been renewed in time.
  await rig.database.pool().query(`update llm.completion set claimed_until = now() - interval '1 s'`);
  const quick = other.client.complete(question('key'));
  await asked(rig, 2);
  rig.release();
  const texts = [await slow, await quick].map(({ completion }) => completion?.text);
  assert.equal(texts[0], texts[1]);
  assert.equal((await rig.client.complete(question('key'))).completion?.text, texts[0]);
});

test('an answer that cannot be stored at once is stored when the database can', async () => {
  await using rig = await countedRig(true);
  const pool = rig.database.pool();
  const calling = rig.client.complete(question('key'));
  await asked(rig, 1);
  await pool.query('alter table llm.completion rename to away');
  rig.release();
  await eventually(() => rig.upstream.calls[0]?.response.writableFinished, {
    describe: 'the upstream to have answered',
  });
  await pool.query('alter table llm.away rename to completion');
  assert.equal((await calling).completion?.text, 'answer 1');
  const again = await rig.client.complete(question('key'));
  assert.deepEqual([again.completion?.text, again.completion?.replayed], ['answer 1', true]);
});

test('a restart of the proxy answers from the store', async () => {
  await using rig = await countedRig(false);
  await using before = await rig.another();
  const { completion } = await before.client.complete(question('key'));
  await before[Symbol.asyncDispose]();
  await using after = await rig.another();
  assert.deepEqual(await after.client.complete(question('key')), {
    $typeName: 'skein.llm.v1.CompleteResponse',
    completion: { ...completion, replayed: true },
  });
  const { deltas } = await streamed(after, 'key');
  assert.deepEqual(deltas, ['answer 1'], 'a stored completion is streamed as one delta');
});

test('old completions are forgotten, and only those', async () => {
  await using rig = await countedRig(false);
  await rig.client.complete(question('old'));
  await rig.database.pool().query(`update llm.completion set created_at = now() - interval '8 days'`);
  await rig.client.complete(question('new'));
  await using _sweeper = await rig.another();
  await eventually(
    async () => {
      const { rows } = await rig.database.pool().query<{ idempotency_key: string }>('select * from llm.completion');
      return rows.length === 1 && rows[0]?.idempotency_key === 'new';
    },
    { describe: 'the old completion to go' },
  );
});

test('a proxy that stops ends what is under way', async () => {
  await using rig = await countedRig(true);
  const calling = rig.client.complete(question('key'));
  await asked(rig, 1);
  await Promise.all([assert.rejects(calling, reason('NOT_READY')), rig.service[Symbol.asyncDispose]()]);
  const { rows } = await rig.database.pool().query('select * from llm.completion');
  assert.deepEqual(rows, [], 'its claim is given up');
});
