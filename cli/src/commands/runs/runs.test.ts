import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import { EventService, type SubscribeEventsResponse } from '@skein/contracts/eventlog';
import { NodeState, RunService, RunState } from '@skein/contracts/scheduler';
import { skeinError } from '@skein/rpc';
import { EXIT } from '../../exit-code.ts';
import { fakePlatform, type FakePlatform } from '../../testing/fake-platform.ts';
import { useCli, type CliResult } from '../../testing/use-cli.ts';

const RUN = { runId: 'r1', workflowId: 'w', workflowVersion: 2, state: RunState.RUNNING };
const DONE = { ...RUN, state: RunState.DONE, output: { kind: { case: 'stringValue', value: 'hello' } } } as const;
const payload = (value: unknown) => ({ json: new TextEncoder().encode(JSON.stringify(value)) });

const STARTED = {
  seq: 1n,
  runId: 'r1',
  event: { case: 'runStarted', value: { workflowId: 'w', input: payload({ a: 1 }) } },
};
const SUCCEEDED = {
  seq: 2n,
  runId: 'r1',
  event: { case: 'nodeSucceeded', value: { nodeId: 'a', nextNodeIds: ['b'] } },
};
const ENDED = { seq: 3n, runId: 'r1', event: { case: 'runDone', value: { outputSeq: 2n } } };
const EVENTS = [STARTED, SUCCEEDED, ENDED] as const;

const unknownRun = () =>
  skeinError({ reason: 'RUN_NOT_FOUND', code: Code.NotFound, message: 'no run r9', place: 'run_id' });

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

/** Breaks off after each event; goes on after the cursor that it is given. */
async function* brokenStream({ cursor }: { cursor: string }) {
  const index = cursor === '' ? 0 : Number(cursor);
  const event = EVENTS[index];
  if (event)
    yield { item: { case: 'runEvent', value: event }, cursor: String(index + 1) } as unknown as SubscribeEventsResponse;
  await Promise.resolve();
  throw new ConnectError('the server goes away', Code.Unavailable);
}

test('a run is started with what the command line gives, and not waited for', async () => {
  const seen: unknown[] = [];
  await using platform = await serve({
    startRun({ target, input, labels, requestId, sessionId, namespace }) {
      seen.push(target.value, input?.kind.case, labels, requestId, sessionId, namespace);
      return { run: RUN, created: true };
    },
  });
  const options = [
    '--input',
    '{"a":1}',
    '-l',
    'k=v',
    '-l',
    'x=y=z',
    '--request-id',
    'q',
    '--session',
    's',
    '--version',
    '2',
  ];
  const { code, stdout, stderr } = await cli(platform, 'runs', 'start', 'w', ...options);
  assert.deepEqual([code, stdout], [EXIT.ok, 'r1\n']);
  assert.match(stderr, /skein runs watch r1/);
  const [target, ...rest] = seen as [{ workflowId: string; version: number }];
  assert.deepEqual([target.workflowId, target.version], ['w', 2]);
  assert.deepEqual(rest, ['structValue', { k: 'v', x: 'y=z' }, 'q', 's', 'default']);
});

test('input prints what a node was given, and what it was made of beside it', async () => {
  let asked: unknown;
  const prompt = { promptDigest: Uint8Array.of(0xab, 0xcd), promptSizeBytes: 12n };
  await using platform = await serve({
    getNodeInput({ runId, nodeId, attempt }) {
      asked = [runId, nodeId, attempt];
      const input = { kind: { case: 'stringValue', value: 'hi' } } as const;
      return { nodeInput: { nodeId, attempt: 2, input, inputSeqs: [1n, 4n], ...prompt } };
    },
  });
  const { code, stdout, stderr } = await cli(platform, 'runs', 'input', 'r1', 'a', '--attempt', '2');
  assert.deepEqual([code, stdout, asked], [EXIT.ok, 'hi\n', ['r1', 'a', 2]]);
  assert.match(stderr, /attempt 2; made of event 1, 4; prompt 12 bytes, sha256 abcd/);
  const json = await cli(platform, 'runs', 'input', 'r1', 'a', '-o', 'json');
  assert.partialDeepStrictEqual(JSON.parse(json.stdout), { node_id: 'a', input: 'hi', prompt_digest: 'abcd' });
});

test('watching goes on after the last cursor when the stream breaks, and ends with the output', async () => {
  await using platform = await serve(
    { getRun: () => ({ run: RUN }), awaitRun: () => ({ run: DONE }) },
    { subscribeEvents: brokenStream },
  );
  const { code, stdout, stderr } = await cli(platform, 'runs', 'watch', 'r1');
  assert.deepEqual([code, stdout], [EXIT.ok, 'hello\n']);
  assert.match(stderr, /^run r1 RUNNING {4}w\n {2}a +SUCCEEDED +→ b\nrun r1 DONE\n$/);
});

test('with -o json a followed run is a line an event, each once, and the run at last', async () => {
  await using platform = await serve(
    { getRun: () => ({ run: RUN }), awaitRun: () => ({ run: DONE }) },
    { subscribeEvents: brokenStream },
  );
  const { stdout } = await cli(platform, 'runs', 'watch', 'r1', '--follow', '-o', 'json');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; seq: number; payload: object });
  assert.deepEqual(
    lines.map(({ type, seq }) => [type, seq]),
    [
      ['run_started', 1],
      ['node_succeeded', 2],
      ['run_done', 3],
      ['run', undefined],
    ],
  );
  assert.partialDeepStrictEqual(lines[0], { payload: { input: { a: 1 } } });
});

test('the run is waited for even where its events cannot be had', async () => {
  const subscribeEvents = async function* () {
    yield* [];
    await Promise.reject(new ConnectError('not here', Code.NotFound));
  };
  await using platform = await serve(
    { getRun: () => ({ run: RUN }), awaitRun: () => ({ run: DONE }) },
    { subscribeEvents },
  );
  const { code, stdout, stderr } = await cli(platform, 'runs', 'watch', 'r1');
  assert.deepEqual([code, stdout], [EXIT.ok, 'hello\n']);
  assert.match(stderr, /no live progress: not here/);
});

test('a failed run exits with 1 and says why, where and what to do', async () => {
  const failure = { code: 'AGENT_UNREACHABLE', message: 'nobody answers', place: 'nodes.a', remedy: 'start it' };
  const run = { ...RUN, state: RunState.FAILED, failure, failedNodeId: 'a' };
  await using platform = await serve(
    { getRun: () => ({ run }), awaitRun: () => ({ run }) },
    { subscribeEvents: brokenStream },
  );
  const { code, stdout, stderr } = await cli(platform, 'runs', 'watch', 'r1');
  assert.deepEqual([code, stdout], [EXIT.unsuccessful, '']);
  assert.match(
    stderr,
    /ended in state FAILED at node a\n {2}AGENT_UNREACHABLE: nobody answers\n {2}where: nodes.a\n {2}what to do: start it/,
  );
});

test('a run that takes too long exits with 6', async () => {
  const subscribeEvents = async function* (_: unknown, { signal }: { signal: AbortSignal }) {
    yield* [];
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  };
  await using platform = await serve(
    { getRun: () => ({ run: RUN }), awaitRun: () => ({ run: RUN }) },
    { subscribeEvents },
  );
  const { code, stderr } = await cli(platform, 'runs', 'watch', 'r1', '--timeout', '50ms');
  assert.equal(code, EXIT.timedOut);
  assert.match(stderr, /has not ended within 50 ms; it goes on/);
});

test('list, get, events and cancel show what the platform says', async () => {
  const cancelled = { ...RUN, state: RunState.CANCELLED };
  const nodes = [{ nodeId: 'a', nodeType: 'agent', state: NodeState.SUCCEEDED, attempt: 2 }];
  let filter: unknown;
  await using platform = await serve(
    {
      listRuns({ workflowId, states, labels }) {
        filter = { workflowId, states, labels };
        return { runs: [RUN] };
      },
      getRun: ({ runId }) => (runId === 'r1' ? { run: { ...DONE, nodes } } : Promise.reject(unknownRun())),
      cancelRun: () => ({ run: cancelled }),
    },
    {
      listEvents: () => ({ entries: EVENTS.map((event) => ({ entry: { case: 'runEvent', value: event } })) as never }),
    },
  );
  const list = await cli(platform, 'runs', 'list', '-w', 'w', '-s', 'RUNNING', 'DONE', '-l', 'k=v');
  assert.match(list.stdout, /^RUN.*\nr1 +w:2 +RUNNING/);
  assert.deepEqual(filter, { workflowId: 'w', states: [RunState.RUNNING, RunState.DONE], labels: { k: 'v' } });
  const get = await cli(platform, 'runs', 'get', 'r1');
  assert.match(get.stdout, /state +DONE[^]*a +agent +SUCCEEDED +2[^]*output\nhello\n$/);
  const events = await cli(platform, 'runs', 'events', 'r1');
  assert.match(events.stdout, /^ +1 .*run_started.*workflow_id=w.*\n +2 .*node_succeeded +a .*\n +3 .*run_done/);
  const cancel = await cli(platform, 'runs', 'cancel', 'r1', '--reason', 'enough');
  assert.equal(cancel.stdout, 'r1 CANCELLED\n');
  const missing = await cli(platform, 'runs', 'get', 'r9');
  assert.deepEqual([missing.code, missing.stderr], [EXIT.notFound, 'error: no run r9\n  where: run_id\n']);
});
