import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toJson } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { NodeState, RunService, RunState } from '@skein/contracts/scheduler';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform, type FakePlatform } from '../../testing/fake-platform.ts';
import { useCli, type CliResult } from '../../testing/use-cli.ts';

const RUN = { runId: 'r1', workflowId: 'w', workflowVersion: 2, state: RunState.RUNNING };

function serve(runs: Partial<ServiceImpl<typeof RunService>>): Promise<FakePlatform> {
  return fakePlatform(({ service }) => void service(RunService, runs));
}

const cli = (platform: FakePlatform, ...args: string[]): Promise<CliResult> => useCli([...args, '--api', platform.url]);

test('runs are held back, let go on and ended', async () => {
  const seen: unknown[] = [];
  await using platform = await serve({
    pauseRun({ runId, nodeId, reason }) {
      seen.push(['pause', runId, nodeId, reason]);
      return { run: { ...RUN, state: RunState.PAUSED } };
    },
    resumeRun({ runId, nodeId }) {
      seen.push(['resume', runId, nodeId]);
      return { run: RUN };
    },
    terminateRun({ runId, reason }) {
      seen.push(['terminate', runId, reason]);
      return { run: { ...RUN, runId, state: RunState.TERMINATED } };
    },
  });
  const paused = await cli(platform, 'runs', 'pause', 'r1', '--node', 'n', '--reason', 'lunch');
  const resumed = await cli(platform, 'runs', 'resume', 'r1');
  const ended = await cli(platform, 'runs', 'terminate', 'r1', 'r2', '--reason', 'gone', '-o', 'json');
  assert.deepEqual([paused.stdout, resumed.stdout], ['r1 PAUSED\n', 'r1 RUNNING\n']);
  const { runs } = JSON.parse(ended.stdout) as { runs: { run_id: string; state: string }[] };
  assert.deepEqual(
    runs.map(({ run_id: id, state }) => [id, state]),
    [
      ['r1', 'TERMINATED'],
      ['r2', 'TERMINATED'],
    ],
  );
  assert.deepEqual(seen, [
    ['pause', 'r1', 'n', 'lunch'],
    ['resume', 'r1', ''],
    ['terminate', 'r1', 'gone'],
    ['terminate', 'r2', 'gone'],
  ]);
});

test('a signal goes to a run, or to the one that it starts', async () => {
  const seen: unknown[] = [];
  await using platform = await serve({
    signalRun({ target, signalName, signalId, payload }) {
      const start = target.case === 'start' ? target.value : undefined;
      const what = start === undefined ? target.value : [start.target.value, start.requestId, start.labels];
      seen.push([what, signalName, signalId, payload && toJson(ValueSchema, payload)]);
      return { run: RUN, created: start !== undefined };
    },
  });
  const sent = await cli(platform, 'runs', 'signal', 'r1', 'paid', '--payload', '{"amount":5}', '--id', 'p-1');
  assert.deepEqual([sent.code, sent.stdout], [EXIT.ok, 'r1 RUNNING\n']);
  const options = ['--start', 'order', '--request-id', 'order-1', '-l', 'k=v'];
  const started = await cli(platform, 'runs', 'signal', 'paid', ...options);
  assert.match(started.stderr, /skein runs watch r1/);
  assert.deepEqual(seen[0], ['r1', 'paid', 'p-1', { amount: 5 }]);
  assert.partialDeepStrictEqual(seen[1], [[{ workflowId: 'order' }, 'order-1', { k: 'v' }], 'paid', '', undefined]);
  for (const args of [['paid'], ['r1', 'paid', 'more'], ['paid', '--start', 'order']]) {
    const { code, stderr } = await cli(platform, 'runs', 'signal', ...args);
    assert.equal(code, EXIT.usage, args.join(' '));
    assert.match(stderr, /skein runs signal --start WORKFLOW/);
  }
});

test('a fork says what is new, a retry needs nothing', async () => {
  const seen: unknown[] = [];
  await using platform = await serve({
    forkRun({ runId, atSeq, workflowVersion, redoNodeIds, labels, requestId, input }) {
      seen.push([runId, atSeq, workflowVersion, redoNodeIds, labels, requestId, input?.kind.value]);
      return { run: { ...RUN, runId: 'r2' }, created: true };
    },
    retryRun({ runId, requestId }) {
      seen.push([runId, requestId]);
      return { run: { ...RUN, runId: 'r3' }, created: true };
    },
  });
  const changes = ['--at', '7', '--version', '3', '--redo', 'a', '--redo', 'b', '-l', 'k=v', '-i', '4'];
  const forked = await cli(platform, 'runs', 'fork', 'r1', ...changes, '--request-id', 'f');
  const plain = await cli(platform, 'runs', 'fork', 'r1');
  const retried = await cli(platform, 'runs', 'retry', 'r1', '--request-id', 'q');
  assert.deepEqual([forked.stdout, plain.stdout, retried.stdout], ['r2\n', 'r2\n', 'r3\n']);
  assert.deepEqual(seen, [
    ['r1', 7n, 3, ['a', 'b'], { k: 'v' }, 'f', 4],
    ['r1', 0n, 0, [], {}, '', undefined],
    ['r1', 'q'],
  ]);
});

test('get says what belongs to a run: its origin, child runs, waits and what undoes its nodes', async () => {
  const node = { nodeType: 'agent', attempt: 1, state: NodeState.SUCCEEDED };
  const nodes = [
    { ...node, nodeId: 'each', nodeType: 'map', children: { total: 25, succeeded: 23, failed: 2 } },
    { ...node, nodeId: 'held', state: NodeState.READY, paused: true, waitingFor: 'somebody to let it go on' },
    { ...node, nodeId: 'hotel~compensate', target: 'agency' },
  ];
  const parent = { runId: 'r0', nodeId: 'call', attempt: 1, index: 4, depth: 1 };
  const forkedFrom = { runId: 'r9', seq: 12n };
  const run = { ...RUN, state: RunState.PAUSED, pauseReason: 'lunch', nodes, parent, forkedFrom, bodyPath: 'each' };
  await using platform = await serve({ getRun: () => ({ run }) });
  const { stdout } = await cli(platform, 'runs', 'get', 'r1');
  assert.match(
    stdout,
    /child of +r0 call \[4\]\nruns +the graph within each\nfork of +r9 after event 12\npaused +lunch/,
  );
  assert.match(stdout, /each +map +SUCCEEDED +1 +25 of 25 items, 2 failed/);
  assert.match(stdout, /held +agent +PAUSED +1 +somebody to let it go on/);
  assert.match(stdout, /UNDOES +TYPE[^\n]*\nhotel +agent +SUCCEEDED +1 +agency/);
});

test('a tree is read as far as it may be, and says where there is more', async () => {
  const childrenOf: Record<string, string[]> = { r1: ['a', 'b', 'c'], b: ['b1', 'b2', 'b3'] };
  await using platform = await serve({
    getRun: () => ({ run: RUN }),
    listRuns({ parentRunId, pageSize }) {
      const all = (childrenOf[parentRunId] ?? []).toReversed();
      const parent = { runId: parentRunId, nodeId: 'each' };
      const runs = all.slice(0, pageSize).map((runId) => ({ ...RUN, runId, state: RunState.DONE, parent }));
      return { runs, nextPageToken: all.length > pageSize ? 'more' : '' };
    },
  });
  const whole = await cli(platform, 'runs', 'tree', 'r1');
  const ids = whole.stdout.split('\n').map((line) => line.replace(/ {2}w:2.*/, ''));
  assert.deepEqual(ids, [
    'r1',
    '├─ each  a',
    '├─ each  b',
    '│  ├─ each  b1',
    '│  ├─ each  b2',
    '│  └─ each  b3',
    '└─ each  c',
    '',
  ]);
  const cut = await cli(platform, 'runs', 'tree', 'r1', '--limit', '4');
  assert.match(cut.stdout, /│ {2}├─ each {2}b3[^\n]*\n│ {2}└─ more: `skein runs list --parent b`\n└─ each {2}c/);
  const flat = await cli(platform, 'runs', 'tree', 'r1', '--depth', '1', '-o', 'json');
  const { children } = JSON.parse(flat.stdout) as { children: { run: { run_id: string }; children: unknown[] }[] };
  assert.deepEqual(
    children.map((child) => [child.run.run_id, child.children.length]),
    [
      ['a', 0],
      ['b', 0],
      ['c', 0],
    ],
  );
});

test('child runs are listed when they are asked for', async () => {
  const filters: unknown[] = [];
  await using platform = await serve({
    listRuns({ parentRunId, includeChildren }) {
      filters.push([parentRunId, includeChildren]);
      return { runs: [{ ...RUN, parent: { runId: 'r0', nodeId: 'each' } }] };
    },
  });
  const { stdout } = await cli(platform, 'runs', 'list', '--parent', 'r0');
  assert.match(stdout, /r1 +w:2 ‹ each +RUNNING/);
  await cli(platform, 'runs', 'list', '--children');
  assert.deepEqual(filters, [
    ['r0', false],
    ['', true],
  ]);
});
