import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { defineAgent, serve, type Agent } from '@skein/sdk';
import { EXIT } from '../exit-code.ts';
import { useCli } from '../testing/use-cli.ts';

const echo = defineAgent<string>({ id: 'echo', version: '1.0.0', input: { type: 'string' } }, (input) => input);
const quiet = { closeOnSignals: false, log: () => {} };
const ROOT = resolve(import.meta.dirname, '../../..');

test('an agent that keeps the rules passes, and what was not looked at is named', async () => {
  await using served = await serve(echo, quiet);
  const { code, stdout } = await useCli(['conformance', served.address, '--idempotent']);
  assert.equal(code, EXIT.ok, stdout);
  assert.match(stdout, /^✓ grpc\/card-valid: GetCard answers a card/m);
  assert.match(stdout, /^- grpc\/stops-when-told: not looked at: give an input/m);
  assert.match(stdout, /^14 rules kept, 0 broken, 1 not looked at$/m);
});

test('an agent that breaks one is told which, in JSON too', async () => {
  const wrong: Agent = { ...echo, card: { ...echo.card, version: 'latest' } };
  await using served = await serve(wrong, quiet);
  const { code, stdout } = await useCli(['conformance', served.address, '-o', 'json']);
  assert.equal(code, EXIT.unsuccessful);
  const { conforms, rules } = JSON.parse(stdout) as { conforms: boolean; rules: Record<string, string>[] };
  assert.equal(conforms, false);
  const [broken, ...others] = rules.filter(({ verdict }) => verdict === 'broken');
  assert.deepEqual(others, []);
  assert.equal(broken?.['rule'], 'grpc/card-valid');
  assert.match(broken?.['seen'] ?? '', /version "latest" is not semantic/);
});

test('a worker is started, looked at, and told to stop', async () => {
  const program = join(ROOT, 'examples/agents/echo/src/worker.ts');
  const command = `exec ${process.execPath} ${program}`;
  const { code, stdout, stderr } = await useCli(['conformance', '--worker', '--command', command]);
  assert.equal(code, EXIT.ok, stdout + stderr);
  assert.match(stdout, /^10 rules kept, 0 broken, 0 not looked at$/m);
  assert.match(stderr, /^waiting for a worker at http/m);
});

test('an address that is a URL is one over POST /process', async () => {
  const { code, stdout } = await useCli(['conformance', 'http://127.0.0.1:1']);
  assert.equal(code, EXIT.unsuccessful);
  assert.match(stdout, /^✗ http-process\/answers-json$/m);
  assert.match(stdout, /^0 rules kept, 5 broken, 0 not looked at$/m);
});

test('it takes an address or --worker, not both and not neither', async () => {
  for (const args of [[], ['127.0.0.1:7001', '--worker']]) {
    const { code, stderr } = await useCli(['conformance', ...args]);
    assert.equal(code, EXIT.usage);
    assert.match(stderr, /takes the address of an agent, or --worker/);
  }
});

for (const [protocol, rules] of [
  ['http-invoke-sse', 8],
  ['http-execute', 7],
  ['a2a', 9],
] as const) {
  test(`an address is looked at as one over ${protocol} where it is said to be`, async () => {
    const options = ['--protocol', protocol, '--task-type', 'count', '--input', '"hello"'];
    const { code, stdout } = await useCli(['conformance', 'http://127.0.0.1:1', ...options]);
    assert.equal(code, EXIT.unsuccessful);
    assert.match(stdout, new RegExp(`^✗ ${protocol}/`, 'm'));
    assert.match(stdout, new RegExp(`^0 rules kept, ${rules} broken, 0 not looked at$`, 'm'));
  });
}

test('a worker that polls is started, and looked at', async () => {
  const program = join(ROOT, 'cli/src/testing/polling-worker.ts');
  const command = `exec ${process.execPath} ${program}`;
  const { code, stdout, stderr } = await useCli(['conformance', '--worker', '--poll', '--command', command]);
  assert.equal(code, EXIT.ok, stdout + stderr);
  assert.match(stdout, /^6 rules kept, 0 broken, 2 not looked at$/m);
});
