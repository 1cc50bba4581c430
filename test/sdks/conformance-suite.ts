import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkRules,
  FakeExecutor,
  GRPC_RULES,
  GrpcSubject,
  WORKER_RULES,
  WorkerSubject,
  type RuleReport,
} from '@skein/conformance';
import { LISTENING, start, type Sdk } from './sdk.ts';

/** Rules that were not seen to be kept. */
async function unkept(reports: AsyncIterable<RuleReport>): Promise<RuleReport[]> {
  return (await Array.fromAsync(reports)).filter(({ verdict }) => verdict !== 'kept');
}

/** An agent of the SDK keeps every rule, whichever way its work arrives. */
export function conformanceSuite(sdk: Sdk): void {
  test('an agent that is called keeps every rule', async () => {
    await using agent = await start(sdk, 'sample', { args: ['serve'], ready: LISTENING });
    const [, address = ''] = await agent.waitFor(LISTENING);
    using subject = new GrpcSubject({ address, slowInput: 'slow', isIdempotent: true });
    assert.deepEqual(await unkept(checkRules(GRPC_RULES, subject)), [], agent.output);
    agent.kill('SIGTERM');
    assert.deepEqual(await agent.exited, { code: 0, signal: null }, agent.output);
  });

  test('a worker keeps every rule', async () => {
    await using executor = new FakeExecutor();
    const env = { SKEIN_API_URL: `http://${await executor.listen('127.0.0.1', 0)}` };
    await using worker = await start(sdk, 'sample', { args: ['work'], env });
    const subject = new WorkerSubject(executor, { stop: () => void worker.kill('SIGTERM') });
    assert.deepEqual(await unkept(checkRules(WORKER_RULES, subject)), [], worker.output);
    assert.deepEqual(await worker.exited, { code: 0, signal: null }, worker.output);
  });
}
