import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import { EventService, NodeActivity } from '@skein/contracts/eventlog';
import { BulkOperation, RunService, RunState, type BulkRunsRequest } from '@skein/contracts/scheduler';
import { searchAttributesFromMessages, searchAttributesToMessages, timestampOfMs } from '@skein/events';
import { skeinError } from '@skein/rpc';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform, type FakePlatform } from '../../testing/fake-platform.ts';
import { useCli, type CliResult } from '../../testing/use-cli.ts';

const FILTER = `attr.customer = 'acme'`;

function serve(
  runs: Partial<ServiceImpl<typeof RunService>>,
  events: Partial<ServiceImpl<typeof EventService>> = {},
): Promise<FakePlatform> {
  return fakePlatform(({ service }) => {
    service(RunService, runs);
    service(EventService, events);
  });
}

const cli = (platform: FakePlatform, ...args: string[]): Promise<CliResult> => useCli([...args, '--api', platform.url]);

/** Does two runs a report, and breaks off once in between. */
function bulkPlatform(asked: BulkRunsRequest[], failing: string[] = []) {
  const runIds = ['r1', 'r2', 'r3', 'r4'];
  let broken = false;
  return serve({
    async *bulkRuns(request) {
      asked.push(request);
      const mine = runIds.filter((runId) => runId > request.afterRunId);
      const matched = BigInt(mine.length);
      yield { matched, finished: request.dryRun };
      if (request.dryRun) return;
      for (let count = 2; count <= mine.length; count += 2) {
        const failures = mine
          .slice(count - 2, count)
          .filter((runId) => failing.includes(runId))
          .map((runId) => ({ runId, failure: { code: 'RUN_ENDED', message: 'it has ended' } }));
        const failed = mine.slice(0, count).filter((runId) => failing.includes(runId)).length;
        const progress = { matched, done: BigInt(count - failed), failed: BigInt(failed), failures };
        yield { ...progress, lastRunId: mine[count - 1] ?? '', finished: count === mine.length };
        if (!broken) {
          broken = true;
          throw new ConnectError('the server goes away', Code.Unavailable);
        }
      }
    },
  });
}

test('runs are counted before anything is done to them, and after --yes it is', async () => {
  const asked: BulkRunsRequest[] = [];
  await using platform = await bulkPlatform(asked);
  const counted = await cli(platform, 'runs', 'cancel', '--filter', FILTER, '--reason', 'enough');
  assert.deepEqual([counted.code, counted.stdout], [0, '4 runs would be cancelled\n']);
  assert.match(counted.stderr, /--yes does it/);
  const done = await cli(platform, 'runs', 'cancel', '--filter', FILTER, '--reason', 'enough', '--yes');
  assert.deepEqual([done.code, done.stdout], [0, '4 of 4 done, 0 refused\n']);
  assert.deepEqual(
    asked.map(({ filter, operation, reason, dryRun, afterRunId }) => [filter, operation, reason, dryRun, afterRunId]),
    [
      [FILTER, BulkOperation.CANCEL, 'enough', true, ''],
      [FILTER, BulkOperation.CANCEL, 'enough', false, ''],
      [FILTER, BulkOperation.CANCEL, 'enough', false, 'r2'],
    ],
    'a broken stream is taken up where it was',
  );
});

test('what refused is named, and told by the exit code', async () => {
  const asked: BulkRunsRequest[] = [];
  await using platform = await bulkPlatform(asked, ['r1', 'r4']);
  const { code, stdout } = await cli(
    platform,
    'runs',
    'retry',
    '--filter',
    FILTER,
    '--yes',
    '--bulk-id',
    'b-1',
    '--children',
  );
  assert.equal(code, EXIT.refused);
  assert.equal(stdout, '2 of 4 done, 2 refused\nr1 RUN_ENDED: it has ended\nr4 RUN_ENDED: it has ended\n');
  assert.ok(asked.every(({ bulkId, includeChildren }) => bulkId === 'b-1' && includeChildren));
  const json = await cli(platform, 'runs', 'terminate', '--filter', FILTER, '--yes', '-o', 'json');
  assert.partialDeepStrictEqual(JSON.parse(json.stdout), { matched: 4, done: 2, failed: 2, dry_run: false });
});

test('each operation is asked for with what belongs to it', async () => {
  const asked: BulkRunsRequest[] = [];
  await using platform = await bulkPlatform(asked);
  const operations = [
    ['terminate', BulkOperation.TERMINATE],
    ['pause', BulkOperation.PAUSE],
    ['resume', BulkOperation.RESUME],
    ['retry', BulkOperation.RETRY],
  ] as const;
  for (const [name, operation] of operations) {
    const { code, stderr } = await cli(platform, 'runs', name, '--filter', FILTER, '--dry-run', '--after', 'r1');
    assert.equal(code, 0, stderr);
    assert.deepEqual([asked.at(-1)?.operation, asked.at(-1)?.afterRunId], [operation, 'r1']);
  }
  await cli(platform, 'runs', 'signal', '--filter', FILTER, 'paid', '--payload', '{"sum":5}', '--yes');
  const signal = asked.at(-1);
  assert.deepEqual([signal?.operation, signal?.signalName], [BulkOperation.SIGNAL, 'paid']);
  assert.equal(signal?.signalPayload?.kind.case, 'structValue');
  assert.match(signal?.bulkId ?? '', /^[0-9a-f-]{36}$/);
});

test('runs are named or found by a filter, one of both', async () => {
  await using platform = await bulkPlatform([]);
  const wrong = [
    ['runs', 'cancel'],
    ['runs', 'cancel', 'r1', '--filter', FILTER],
    ['runs', 'retry'],
    ['runs', 'signal', 'r1', 'paid', '--filter', FILTER],
  ];
  for (const args of wrong) assert.equal((await cli(platform, ...args)).code, EXIT.usage, args.join(' '));
  assert.equal((await cli(platform, 'runs', 'pause', '--filter', FILTER, '--node', 'a')).code, EXIT.invalid);
});

test('a filter that is none is shown with its place', async () => {
  const refuse = () => {
    throw skeinError({
      reason: 'INVALID_FIELD',
      code: Code.InvalidArgument,
      message: 'filter: unknown field `stat`, at column 18',
      place: 'filter:18',
      remedy: 'did you mean `state`?',
    });
  };
  await using platform = await serve({ listRuns: refuse, countRuns: refuse, bulkRuns: refuse });
  const filter = 'state = DONE\n and stat = FAILED';
  for (const args of [['list'], ['count'], ['cancel', '--yes']]) {
    const { code, stderr } = await cli(platform, 'runs', ...args, '--filter', filter);
    assert.equal(code, EXIT.invalid);
    assert.match(stderr, /\n {3}and stat = FAILED\n {6}\^\n/);
    assert.match(stderr, /did you mean `state`/);
  }
});

test('runs are listed by a filter and counted by a field', async () => {
  const filters: string[] = [];
  await using platform = await serve({
    listRuns({ filter }) {
      filters.push(filter);
      return { runs: [{ runId: 'r1', workflowId: 'w', state: RunState.DONE }] };
    },
    countRuns({ filter, groupBy }) {
      filters.push(filter);
      return { count: 5n, groups: groupBy === '' ? [] : [{ value: 'acme', count: 3n }, { count: 2n }] };
    },
  });
  assert.match((await cli(platform, 'runs', 'list', '--filter', FILTER)).stdout, /r1 +w +DONE/);
  assert.equal((await cli(platform, 'runs', 'count', '--filter', FILTER)).stdout, '5\n');
  const { stdout } = await cli(platform, 'runs', 'count', '--by', 'attr.customer');
  assert.equal(stdout, 'attr.customer  RUNS\nacme           3\n-              2\nin all         5\n');
  assert.deepEqual(filters, [FILTER, FILTER, '']);
});

test('attributes are typed as they are written, and shown with the memo', async () => {
  const seen: unknown[] = [];
  const searchAttributes = searchAttributesToMessages({ customer: 'acme', due: { timestampMs: 0 } });
  const run = { runId: 'r1', workflowId: 'w', searchAttributes, memo: { note: 'x' }, nextTimerAt: timestampOfMs(0) };
  await using platform = await serve({
    startRun(request) {
      seen.push(searchAttributesFromMessages(request.searchAttributes), request.memo);
      return { run, created: true };
    },
    getRun: () => ({ run }),
  });
  const given = [
    'customer=acme',
    'id="5"',
    'score=0.5',
    'urgent=true',
    'tags=["a"]',
    'due=2026-11-01T00:00:00Z',
    'x=a=b',
  ];
  const attributes = given.flatMap((attribute) => ['--attr', attribute]);
  const { code, stderr } = await cli(platform, 'runs', 'start', 'w', ...attributes, '--memo', '{"note":"x"}');
  assert.equal(code, 0, stderr);
  const due = { timestampMs: Date.parse('2026-11-01T00:00:00Z') };
  const wanted = { customer: 'acme', id: '5', score: 0.5, urgent: true, tags: ['a'], due, x: 'a=b' };
  assert.deepEqual(seen, [wanted, { note: 'x' }]);
  const { stdout } = await cli(platform, 'runs', 'get', 'r1');
  assert.match(stdout, /found by +customer=acme due=\{"timestamp":"1970-01-01T00:00:00.000Z"\}\nmemo +\{"note":"x"\}/);
  assert.match(stdout, /next +by itself at 1970/);
  const json = JSON.parse((await cli(platform, 'runs', 'get', 'r1', '-o', 'json')).stdout) as object;
  const due0 = { timestamp: '1970-01-01T00:00:00.000Z' };
  assert.partialDeepStrictEqual(json, { search_attributes: { customer: 'acme', due: due0 }, memo: { note: 'x' } });
  for (const wrong of ['customer', 'tags=[1]', 'a=null']) {
    assert.equal((await cli(platform, 'runs', 'start', 'w', '--attr', wrong)).code, EXIT.usage, wrong);
  }
  assert.equal((await cli(platform, 'runs', 'start', 'w', '--memo', '[1]')).code, EXIT.invalid);
});

test('a time line is drawn, a node a line', async () => {
  const span = (activity: NodeActivity, fromMs: number, toMs: number, more: object = {}) => ({
    activity,
    from: timestampOfMs(fromMs),
    to: timestampOfMs(toMs),
    ...more,
  });
  const node = (nodeId: string, fromMs: number, toMs: number, outcome: string) => ({
    nodeId,
    firstAt: timestampOfMs(fromMs),
    endedAt: timestampOfMs(toMs),
    outcome,
  });
  const failed = { failure: { code: 'TIMEOUT', message: 'late' } };
  const timeline = {
    runId: 'r1',
    workflowId: 'w',
    startedAt: timestampOfMs(0),
    endedAt: timestampOfMs(10_000),
    outcome: 'run_failed',
    nodes: [
      { ...node('at-once', 0, 0, 'succeeded'), attempts: 1 },
      {
        ...node('work', 0, 10_000, 'failed'),
        attempts: 2,
        spans: [
          span(NodeActivity.QUEUED, 0, 2000),
          span(NodeActivity.RUNNING, 2000, 5000, failed),
          span(NodeActivity.BACKOFF, 5000, 5001),
          span(NodeActivity.RUNNING, 5001, 10_000, failed),
        ],
      },
      { ...node('ask', 5000, 10_000, 'cancelled'), spans: [span(NodeActivity.WAITING, 5000, 10_000)] },
    ],
  };
  await using platform = await serve({}, { getRunTimeline: () => ({ timeline }) });
  const { code, stdout, stderr } = await cli(platform, 'runs', 'timeline', 'r1');
  assert.equal(code, 0);
  const [head, atOnce, work, ask] = stdout.split('\n');
  assert.equal(head, 'w r1  run_failed  10.0 s');
  assert.match(atOnce ?? '', /^at-once {2}\| +0 ms {2}succeeded$/);
  assert.match(work ?? '', /^work {5}·+█+ +10\.0 s {2}failed, 2 attempts TIMEOUT$/);
  assert.match(ask ?? '', /^ask {6} +~+ +5\.0 s {2}cancelled$/);
  assert.ok((work ?? '').length <= 100, 'no wider than the terminal');
  assert.match(stderr, /waits for an executor/);
  const json = JSON.parse((await cli(platform, 'runs', 'timeline', 'r1', '-o', 'json')).stdout) as object;
  assert.partialDeepStrictEqual(json, { outcome: 'run_failed', nodes: [{}, { spans: [{ activity: 'QUEUED' }] }] });
});
