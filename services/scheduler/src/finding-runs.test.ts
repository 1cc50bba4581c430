import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { BulkOperation, BulkRunsRequestSchema, RunState, type Run } from '@skein/contracts/scheduler';
import { searchAttributesFromMessages, searchAttributesToMessages, timestampOfMs, valueOfJson } from '@skein/events';
import { describeError } from '@skein/rpc';
import { eventually } from '@skein/testkit';
import { schedulerRig, type SchedulerRig } from './testing/scheduler-rig.ts';

const ORDER = `
id: order
search_attributes:
  customer: "\${ input.customer }"
  urgent: "\${ input.priority > 5 }"
nodes: [{ id: payment, type: signal, signal_name: paid }]
`;
const SHOP = `
id: shop
nodes:
  - { id: each, type: map, items: "\${ input.orders }", body: { nodes: [{ id: one, type: subworkflow, workflow_id: order }] } }
`;

const until = { seconds: 10n };
const attributesOf = (run: Run | undefined) => searchAttributesFromMessages(run?.searchAttributes ?? {});
const refusedAt = (place: string) => (error: unknown) => {
  assert.deepEqual([describeError(error).reason, describeError(error).place], ['INVALID_FIELD', place]);
  return true;
};

async function rigWith(...sources: string[]): Promise<SchedulerRig> {
  const rig = await schedulerRig();
  for (const value of sources) await rig.workflows.applyWorkflow({ definition: { case: 'source', value } });
  return rig;
}

const order = (rig: SchedulerRig, customer: string, more: object = {}) =>
  rig.runs.startRun({
    target: { case: 'workflow', value: { workflowId: 'order' } },
    input: valueOfJson({ customer, priority: 7 }),
    ...more,
  });

test('a run is found by what its workflow and its caller say, and shows its memo', async () => {
  await using rig = await rigWith(ORDER);
  const given = { urgent: false, due: { timestampMs: 1_793_000_000_000 }, score: 0.5, tags: ['a'] };
  const more = { searchAttributes: searchAttributesToMessages(given), memo: { note: 'by phone' }, requestId: 'r-1' };
  const { run } = await order(rig, 'acme', more);
  const wanted = { customer: 'acme', ...given };
  assert.deepEqual(attributesOf(run), wanted);
  const [listed] = (await rig.runs.listRuns({ filter: `attr.customer = 'acme' and attr.tags = 'a'` })).runs;
  assert.deepEqual([listed?.runId, listed?.memo, attributesOf(listed)], [run?.runId, { note: 'by phone' }, wanted]);
  await rig.restart();
  const { run: found } = await rig.runs.getRun({ runId: run?.runId ?? '' });
  assert.deepEqual([found?.memo, attributesOf(found)], [{ note: 'by phone' }, wanted]);
  assert.equal((await order(rig, 'acme', more)).created, false);
  await assert.rejects(order(rig, 'acme', { ...more, memo: { note: 'by mail' } }), /r-1 was used before/);
});

test('children and forks have the attributes of the run they come from', async () => {
  await using rig = await rigWith(ORDER, SHOP);
  const { run: shop } = await rig.runs.startRun({
    target: { case: 'workflow', value: { workflowId: 'shop' } },
    input: valueOfJson({ orders: [{ customer: 'acme', priority: 1 }] }),
    searchAttributes: searchAttributesToMessages({ region: 'north', customer: 'everybody' }),
  });
  const children = { filter: `workflow_id = 'order' and parent_run_id is not null` };
  const child = await eventually(async () => (await rig.runs.listRuns(children)).runs[0], {
    describe: 'the child run',
  });
  assert.deepEqual(attributesOf(child), { region: 'north', customer: 'acme', urgent: false });
  const { count } = await rig.runs.countRuns({ filter: `attr.region = 'north'`, includeChildren: true });
  assert.equal(count, 3n);
  const { run: source } = await order(rig, 'acme', { memo: { note: 'x' } });
  const forked = await rig.runs.forkRun({
    runId: source?.runId ?? '',
    input: valueOfJson({ customer: 'other', priority: 1 }),
    searchAttributes: searchAttributesToMessages({ again: true }),
  });
  assert.deepEqual(attributesOf(forked.run), { customer: 'other', urgent: false, again: true });
  assert.deepEqual(forked.run?.memo, { note: 'x' });
  assert.ok(shop);
});

test('what may not be is refused by its place, and nothing is stored', async () => {
  await using rig = await rigWith(ORDER);
  const attributes = (given: Parameters<typeof searchAttributesToMessages>[0]) => ({
    searchAttributes: searchAttributesToMessages(given),
  });
  await assert.rejects(order(rig, 'a', attributes({ Customer: 'x' })), refusedAt('search_attributes.Customer'));
  await assert.rejects(order(rig, 'a', attributes({ a: 'x'.repeat(300) })), refusedAt('search_attributes.a'));
  await assert.rejects(order(rig, 'x'.repeat(300)), refusedAt('search_attributes.customer'));
  const input = valueOfJson({ customer: { name: 'acme' }, priority: 1 });
  await assert.rejects(order(rig, 'a', { input }), refusedAt('search_attributes.customer'));
  await assert.rejects(order(rig, 'a', { memo: { note: 'x'.repeat(20_000) } }), refusedAt('memo'));
  await assert.rejects(rig.runs.listRuns({ filter: `stat = FAILED` }), (error) => {
    const { message, place, remedy } = describeError(error);
    assert.match(message, /unknown field `stat`, at column 1/);
    assert.equal(place, 'filter:1');
    assert.match(remedy, /did you mean `state`/);
    return true;
  });
  await assert.rejects(rig.runs.countRuns({ groupBy: 'attr.A' }), refusedAt('group_by'));
  assert.equal((await rig.runs.countRuns({})).count, 0n);
});

test('runs are counted by what they have', async () => {
  await using rig = await rigWith(ORDER);
  for (const customer of ['acme', 'acme', 'other']) await order(rig, customer);
  const counted = async (groupBy: string) => {
    const { count, groups } = await rig.runs.countRuns({ groupBy });
    return [count, ...groups.map((group) => `${group.value} ${group.count}`)];
  };
  assert.deepEqual(await counted('attr.customer'), [3n, 'acme 2', 'other 1']);
  assert.deepEqual(await counted('attr.urgent'), [3n, 'true 3']);
  assert.deepEqual(await counted('attr.nothing'), [3n, ' 3']);
  assert.deepEqual(await counted('state'), [3n, 'WAITING 3']);
});

test('many runs are cancelled, retried and signalled at once, and again without effect', async () => {
  await using rig = await rigWith(ORDER);
  const mine = `attr.customer = 'acme'`;
  for (const customer of ['acme', 'acme', 'other']) await order(rig, customer);
  const bulk = async (operation: BulkOperation, more: object = {}) => {
    const request = create(BulkRunsRequestSchema, { filter: mine, operation, bulkId: 'b-1', ...more });
    const reports = await Array.fromAsync(rig.runs.bulkRuns(request));
    const last = reports.at(-1);
    assert.equal(last?.finished, true);
    return [last.matched, last.done, last.failed];
  };
  const inState = async (state: RunState) => (await rig.runs.listRuns({ states: [state] })).runs.length;
  assert.deepEqual(await bulk(BulkOperation.CANCEL, { dryRun: true }), [2n, 0n, 0n]);
  assert.equal(await inState(RunState.WAITING), 3);
  assert.deepEqual(await bulk(BulkOperation.PAUSE, { reason: 'for a while' }), [2n, 2n, 0n]);
  assert.equal(await inState(RunState.PAUSED), 2);
  assert.deepEqual(await bulk(BulkOperation.RESUME), [2n, 2n, 0n]);
  assert.deepEqual(await bulk(BulkOperation.CANCEL, { reason: 'enough' }), [2n, 2n, 0n]);
  assert.deepEqual(await bulk(BulkOperation.CANCEL), [2n, 2n, 0n], 'cancelling again changes nothing');
  const cancelled = { filter: `${mine} and state = CANCELLED` };
  assert.deepEqual(await bulk(BulkOperation.RETRY, cancelled), [2n, 2n, 0n]);
  assert.deepEqual(await bulk(BulkOperation.RETRY, cancelled), [2n, 2n, 0n]);
  assert.equal(await inState(RunState.WAITING), 3, 'one retry of each');
  const open = { filter: `${mine} and state = WAITING`, signalName: 'paid', signalPayload: valueOfJson(1) };
  assert.deepEqual(await bulk(BulkOperation.SIGNAL, open), [2n, 2n, 0n]);
  for (const { runId } of (await rig.runs.listRuns({ filter: `${mine} and state != CANCELLED` })).runs) {
    assert.equal((await rig.runs.awaitRun({ runId, timeout: until })).run?.state, RunState.DONE);
  }
  const last = (await Array.fromAsync(rig.runs.bulkRuns({ filter: mine, operation: BulkOperation.TERMINATE }))).at(-1);
  assert.deepEqual([last?.done, last?.failed], [0n, 4n]);
  assert.equal(last?.failures[0]?.failure?.code, 'RUN_ENDED');
  assert.equal(await inState(RunState.WAITING), 1, 'the other one is as it was');
});

test('a bulk operation without a filter, an operation or a name is refused', async () => {
  await using rig = await rigWith(ORDER);
  const filter = `state = WAITING`;
  const refused: readonly (readonly [object, string])[] = [
    [{ operation: BulkOperation.CANCEL }, 'filter'],
    [{ operation: BulkOperation.CANCEL, filter: '  ' }, 'filter'],
    [{ filter }, 'operation'],
    [{ filter, operation: BulkOperation.RETRY }, 'bulk_id'],
    [{ filter, operation: BulkOperation.SIGNAL, bulkId: 'b' }, 'signal_name'],
    [{ filter, operation: BulkOperation.CANCEL, afterRunId: 'x' }, 'run_id'],
  ];
  for (const [request, place] of refused) {
    await assert.rejects(Array.fromAsync(rig.runs.bulkRuns(request)), refusedAt(place));
  }
});

test('a run says what is before it', async () => {
  const source = `
id: one
nodes: [{ id: work, type: agent, agent_id: worker, retry: { max_attempts: 4 }, timeouts: { schedule_to_close: 1h } }]
`;
  await using rig = await rigWith(source);
  const { run } = await rig.runs.startRun({ target: { case: 'workflow', value: { workflowId: 'one' } } });
  const [node] = run?.nodes ?? [];
  assert.deepEqual([node?.attempt, node?.attemptsLeft, node?.lostDispatches], [1, 3, 0]);
  assert.deepEqual(node?.firstScheduledAt, node?.scheduledAt);
  const firstMs = Number(node?.firstScheduledAt?.seconds) * 1000 + Number(node?.firstScheduledAt?.nanos) / 1e6;
  assert.deepEqual(run?.nextTimerAt, timestampOfMs(firstMs + 3_600_000));
});
