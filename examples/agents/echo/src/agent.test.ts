import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRules, GRPC_RULES, GrpcSubject } from '@skein/conformance';
import { startTestAgent } from '@skein/example-agent-host/testing';

test('the echo keeps every rule of the contract, and ends with code 0 when told to', async (t) => {
  const agent = await startTestAgent(t, { args: [new URL('main.ts', import.meta.url)], env: process.env });
  using subject = new GrpcSubject({ address: agent.address, isIdempotent: true });
  const reports = await Array.fromAsync(checkRules(GRPC_RULES, subject));
  assert.deepEqual(
    reports.filter(({ verdict }) => verdict === 'broken'),
    [],
  );
  agent.process.kill('SIGTERM');
  assert.deepEqual(await agent.process.exited, { code: 0, signal: null });
});
