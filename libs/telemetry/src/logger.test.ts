import assert from 'node:assert/strict';
import { test } from 'node:test';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { withLogFields } from './log-context.ts';
import { createLogger } from './logger.ts';
import { extractTraceparent } from './trace-context.ts';

function capture(): { lines: () => Record<string, unknown>[]; destination: { write(line: string): void } } {
  const written: string[] = [];
  return {
    destination: { write: (line) => void written.push(line) },
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

test('a line is JSON with timestamp, level word, logger and message', () => {
  const { lines, destination } = capture();
  createLogger({ service: 'scheduler', destination }).info({ execution_time: 12 }, 'run done');
  const [line] = lines();
  assert.match(String(line?.['timestamp']), /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.deepEqual(
    [line?.['level'], line?.['logger'], line?.['message'], line?.['execution_time']],
    ['info', 'scheduler', 'run done', 12],
  );
  assert.ok(!('pid' in (line ?? {})));
});

test('ids of the work and of the trace follow asynchronous calls', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const { lines, destination } = capture();
  const log = createLogger({ service: 'executor', destination });
  const traceId = '1'.repeat(32);
  await context.with(extractTraceparent(`00-${traceId}-${'2'.repeat(16)}-01`), () =>
    withLogFields({ run_id: 'r1' }, async () => {
      await Promise.resolve();
      withLogFields({ node_id: 'classify', execution_id: 't1' }, () => log.warn('slow'));
      assert.ok(trace.getActiveSpan());
    }),
  );
  log.info('outside');
  const [inside, outside] = lines();
  assert.deepEqual(
    [inside?.['run_id'], inside?.['node_id'], inside?.['execution_id'], inside?.['trace_id']],
    ['r1', 'classify', 't1', traceId],
  );
  assert.equal(outside?.['run_id'], undefined);
});

test('lines below the level are not written, errors carry their stack', () => {
  const { lines, destination } = capture();
  const log = createLogger({ service: 's', level: 'error', destination });
  log.info('quiet');
  log.error({ err: new Error('boom') }, 'failed');
  assert.equal(lines().length, 1);
  assert.match(JSON.stringify(lines()[0]?.['err']), /boom.*logger\.test\.ts/);
});
