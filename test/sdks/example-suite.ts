import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestPlatform } from '../e2e/harness/platform.ts';
import { LISTENING, REGISTERED, start, type Sdk } from './sdk.ts';

/** The examples of the README do what it says. */
export function exampleSuite(sdk: Sdk, use: () => TestPlatform): void {
  test('the first agent is registered, and shouts', async () => {
    await using agent = await start(sdk, 'shouter', { env: { PORT: '0' }, ready: LISTENING });
    const [, address = ''] = await agent.waitFor(LISTENING);
    const id = ['shouter', '-n', `shouting-${sdk.language}`];
    const registered = await use().skein('agents', 'register', ...id, '--endpoint', address);
    assert.equal(registered.code, 0, registered.stderr);
    const invoked = await use().skein('agents', 'invoke', ...id, '--input', '"hello"', '-o', 'json');
    assert.equal(invoked.code, 0, invoked.stderr);
    assert.match(invoked.stdout, /"shouted": ?"HELLO"/);
    agent.kill('SIGTERM');
    assert.deepEqual(await agent.exited, { code: 0, signal: null }, agent.output);
  });

  test('the worker and the client', async () => {
    const env = { SKEIN_API_URL: use().apiUrl };
    await using worker = await start(sdk, 'worker', { env, ready: REGISTERED });
    await using client = await start(sdk, 'client', { env });
    const { code } = await client.exited;
    assert.equal(code, 0, client.output + worker.output);
    assert.match(client.stdout, /^refunded 20, once, under \w+$/m);
    assert.match(client.stdout, /^run_started$[^]*^input_required$[^]*^input_provided$[^]*^run_failed$/m);
    assert.match(client.stdout, /^FAILED REFUSED: somebody said no$/m);
    assert.match(client.stdout, /draft.*3.* [Tt]rue$/m);
    assert.match(client.stdout, /^RUN_NOT_FOUND\b/m);
    worker.kill('SIGTERM');
    assert.deepEqual(await worker.exited, { code: 0, signal: null }, worker.output);
  });
}
