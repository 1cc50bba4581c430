/** The client against a whole platform, with connections that break. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { freePort } from '@skein/testkit';
import { WorkflowDefinitionSchema } from '../gen/skein/workflow/v1/workflow_definition_pb.ts';
import { testPlatform } from '../testing/platform.ts';
import { tcpProxy } from '../testing/tcp-proxy.ts';
import { SkeinError } from './skein-error.ts';
import { Skein } from './skein.ts';

let platform: Awaited<ReturnType<typeof testPlatform>>;
before(async () => {
  platform = await testPlatform();
});
after(() => platform[Symbol.asyncDispose]());

const STEPS = 5;
const SIGNALLED = {
  id: 'signalled',
  nodes: Array.from({ length: STEPS }, (_, at) => ({ id: `s${at}`, type: 'signal', signal_name: `go${at}` })),
  edges: Array.from({ length: STEPS - 1 }, (_, at) => ({ from: `s${at}`, to: `s${at + 1}` })),
};

test('events have no gap and no repeat, however often their stream is cut', async () => {
  await using proxy = await tcpProxy(platform.apiUrl);
  const direct = new Skein({ api: platform.apiUrl });
  const cut = new Skein({ api: proxy.url });
  assert.deepEqual(await direct.workflows.apply(SIGNALLED), { workflowId: 'signalled', version: 1, created: true });
  const built = create(WorkflowDefinitionSchema, {
    id: 'signalled',
    nodes: SIGNALLED.nodes.map(({ id, signal_name: signalName }) => {
      return { id, type: { case: 'signal', value: { signalName } } } as const;
    }),
    edges: SIGNALLED.edges,
  });
  assert.deepEqual(await direct.workflows.apply(built), { workflowId: 'signalled', version: 1, created: false });
  const start = { workflow: 'signalled', requestId: 'once', labels: { of: 'test' } };
  const run = await direct.runs.start(start);
  assert.equal((await direct.runs.start(start)).runId, run.runId);
  const seqs: number[] = [];
  let sent = 0;
  for await (const { item } of cut.runs.events(run.runId)) {
    if (item.case !== 'runEvent') continue;
    seqs.push(Number(item.value.seq));
    if (sent < STEPS) await direct.runs.signal(run.runId, `go${sent}`, { at: sent }, { signalId: `go${(sent += 1)}` });
    proxy.cut();
  }
  const ended = await direct.runs.await(run.runId);
  assert.equal(ended.state, 'DONE');
  assert.deepEqual(
    seqs,
    Array.from({ length: ended.lastSeq }, (_, at) => at + 1),
  );
  assert.ok(proxy.accepted > 1);
});

test('a wait that is over says so, and a cancelled run is no success', async () => {
  const skein = new Skein({ api: platform.apiUrl });
  const { runId } = await skein.runs.start({ workflow: 'signalled' });
  await assert.rejects(
    skein.runs.await(runId, { timeoutMs: 50 }),
    (error) => error instanceof SkeinError && error.reason === 'TIMEOUT',
  );
  await skein.runs.cancel(runId, 'enough');
  const ended = await skein.runs.await(runId);
  assert.equal(ended.state, 'CANCELLED');
  assert.ok(ended.error instanceof SkeinError);
});

test('a definition that is wrong names every field; a model answers', async () => {
  const skein = new Skein({ api: platform.apiUrl });
  await assert.rejects(skein.workflows.apply({ id: 'wrong', nodes: [{ id: 'x', type: 'strange' }] }), (error) => {
    assert.ok(error instanceof SkeinError && error.code === 'INVALID_ARGUMENT');
    assert.notDeepEqual(error.violations, []);
    return true;
  });
  const completion = await skein.llm.complete({ model: 'builtin/echo', messages: [{ role: 2, content: 'hello' }] });
  assert.match(completion?.text ?? '', /hello/);
});

test('a platform that is not there is one error, after a few tries', async () => {
  const skein = new Skein({ api: `http://127.0.0.1:${await freePort()}` });
  await assert.rejects(
    skein.runs.get('01900000-0000-7000-8000-000000000000'),
    (error) => error instanceof SkeinError && error.reason === 'SERVICE_UNAVAILABLE',
  );
});
