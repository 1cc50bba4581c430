import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient } from '@connectrpc/connect';
import { LlmService, Role } from '@skein/contracts/llm';
import { grpcTransport } from '@skein/rpc';
import { freePort, spawnProcess, testDatabase, type SpawnedProcess } from '@skein/testkit';
import { fakeOpenAi, streamAnswer } from './testing/fake-openai.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const KEY = 'sk-only-for-the-upstream';

/** Where a process serves, from its log. */
const addressOf = async (process: SpawnedProcess) => (await process.waitFor(/"address":"([^"]+)"/))[1] ?? '';

test('the process answers as it is configured, and again after a kill', async () => {
  await using database = await testDatabase();
  await using upstream = await fakeOpenAi(({ response }) => streamAnswer(response, 'from upstream'));
  const adminPort = await freePort();
  const start = () =>
    spawnProcess(process.execPath, {
      args: [MAIN],
      env: {
        DATABASE_URL: database.url,
        SKEIN_LLM_PROXY_PORT: '0',
        SKEIN_LLM_PROXY_ADMIN_PORT: String(adminPort),
        SKEIN_OPENAI_BASE_URL: upstream.baseUrl,
        SKEIN_OPENAI_API_KEY: KEY,
        SKEIN_OPENAI_MODELS: 'gpt-test, gpt-other',
        SKEIN_LLM_ALIASES: 'clever=openai/gpt-test',
        SKEIN_LLM_DEFAULT_MODEL: 'clever',
        LOG_LEVEL: 'trace',
      },
      ready: /llm-proxy started/,
    });
  const question = { spec: { messages: [{ role: Role.USER, content: 'hi' }] }, idempotencyKey: 'run/node/1' };

  await using first = await start();
  using toFirst = grpcTransport({ address: await addressOf(first) });
  const { completion } = await createClient(LlmService, toFirst).complete(question);
  assert.deepEqual([completion?.text, completion?.model], ['from upstream', 'openai/gpt-test']);
  assert.equal(upstream.calls[0]?.headers.authorization, `Bearer ${KEY}`);
  const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  assert.match(metrics, /gen_ai_client_token_usage_count\{[^}]*gen_ai_token_type="input"[^}]*\} 1/);
  assert.match(metrics, /gen_ai_client_operation_duration_count/);
  first.kill('SIGKILL');
  await first.exited;

  await using second = await start();
  using toSecond = grpcTransport({ address: await addressOf(second) });
  const client = createClient(LlmService, toSecond);
  const again = await client.complete(question);
  assert.deepEqual(again.completion, { ...completion, replayed: true });
  assert.equal(upstream.calls.length, 1);
  const { models } = await client.listModels({});
  assert.deepEqual(
    models.map(({ model }) => model),
    ['builtin/draft', 'builtin/echo', 'openai/gpt-other', 'openai/gpt-test'],
  );
  second.kill('SIGTERM');
  assert.equal((await second.exited).code, 0, second.output);
  assert.ok(!`${first.output}${second.output}`.includes(KEY), 'the key is in no log');
});

const WRONG: Readonly<Record<string, { env: NodeJS.ProcessEnv; code: number; said: RegExp }>> = {
  'settings of the wrong form': {
    env: { SKEIN_LLM_ALIASES: 'fast', LLM_TIMEOUT_MS: '0' },
    code: 78,
    said: /SKEIN_LLM_ALIASES[^]*LLM_TIMEOUT_MS|LLM_TIMEOUT_MS[^]*SKEIN_LLM_ALIASES/,
  },
  'a default that is no model': {
    env: { SKEIN_LLM_DEFAULT_MODEL: 'openai/none' },
    code: 1,
    said: /no model openai\/none is configured/,
  },
};

for (const [what, { env, code, said }] of Object.entries(WRONG)) {
  test(`${what} end the process with code ${code}`, async () => {
    await using proxy = await spawnProcess(process.execPath, { args: [MAIN], env });
    assert.equal((await proxy.exited).code, code, proxy.output);
    assert.match(proxy.stderr, said);
  });
}
