import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchAttributes } from '@skein/domain';
import type { RunStart, RunStore, StoredTransition } from '../../app/run-store.ts';
import { parseFilter } from '../../domain/filter/parse-filter.ts';
import { batch, ending, newRunId, start } from './sample-batches.ts';
import type { EmptyStore } from './store-under-test.ts';

const CREATED_MS = Date.parse('2026-11-01T12:00:00Z');

/** Runs that differ in everything that filters know; by a name each. */
const RUNS: Readonly<Record<string, (runId: string, names: Ids) => StoredTransition>> = {
  plain: (runId) => start(runId, { createdAtMs: CREATED_MS }),
  acme: (runId) => run(runId, { customer: 'acme', score: 0.5, urgent: true }, { labels: { team: 'a' } }),
  other: (runId) => run(runId, { customer: 'other', score: 12, urgent: false }, { labels: { team: 'b', 'x-y': 'z' } }),
  texts: (runId) => run(runId, { customer: 'Zürich', score: '0.5', tags: ['acme', 'red'] }, { sessionId: 's-1' }),
  timed: (runId) => run(runId, { due: { timestampMs: CREATED_MS }, score: -1e-7 }, { workflowId: 'billing' }),
  odd: (runId) => run(runId, { customer: '😀', score: 9007199254740991, due: 'acme' }, { labels: { team: '￿' } }),
  failed: (runId) =>
    ending(run(runId, { customer: 'acme' }, { workflowId: 'billing-2' }), {
      status: 'FAILED',
      endedAtMs: CREATED_MS + 1500,
      failureCode: 'TIMEOUT',
      failureMessage: 'late',
      failedNodeId: 'charge',
    }),
  done: (runId) => ending(run(runId, { score: 1 }, { workflowVersion: 2 }), { endedAtMs: CREATED_MS + 90_000_000 }),
  paused: (runId) => start(runId, { status: 'PAUSED', createdAtMs: CREATED_MS + 1 }),
  child: (runId, { plain = '' }) => run(runId, { customer: 'acme' }, { parent: { runId: plain, nodeId: 'each' } }),
};

type Ids = Readonly<Record<string, string>>;

function run(runId: string, searchAttributes: SearchAttributes, change: Partial<RunStart> = {}): StoredTransition {
  return start(runId, { createdAtMs: CREATED_MS, searchAttributes, ...change });
}

/** What a filter holds for. */
const CASES: readonly (readonly [filter: string, names: readonly string[]])[] = [
  [`attr.customer = 'acme'`, ['acme', 'failed', 'child']],
  [`attr.customer != 'acme'`, ['other', 'texts', 'odd']],
  [`not attr.customer = 'acme'`, ['plain', 'other', 'texts', 'timed', 'odd', 'done', 'paused']],
  [`attr.customer in ('acme', '😀')`, ['acme', 'odd', 'failed', 'child']],
  [`attr.customer not in ('acme', '😀')`, ['other', 'texts']],
  [`attr.customer is null`, ['plain', 'timed', 'done', 'paused']],
  [`attr.customer > 'a' and attr.customer < 'p'`, ['acme', 'other', 'failed', 'child']],
  [`attr.customer >= 'Z'`, ['acme', 'other', 'texts', 'odd', 'failed', 'child']],
  [`attr.customer > '￿'`, ['odd']],
  [`attr.customer starts_with 'Z'`, ['texts']],
  [`attr.score >= 0.5`, ['acme', 'other', 'odd', 'done']],
  [`attr.score = 0.5`, ['acme']],
  [`attr.score = '0.5'`, ['texts']],
  [`attr.score < 0`, ['timed']],
  [`attr.score = 1.0 or attr.score = 9007199254740991`, ['odd', 'done']],
  [`attr.score = 1e0`, ['done']],
  [`not attr.score > 1`, ['plain', 'acme', 'texts', 'timed', 'failed', 'done', 'paused', 'child']],
  [`attr.urgent = true`, ['acme']],
  [`attr.urgent != true`, ['other']],
  [`attr.tags = 'acme'`, ['texts']],
  [`attr.tags != 'red'`, []],
  [`attr.tags > 'a'`, []],
  [`attr.due = timestamp('2026-11-01T13:00:00+01:00')`, ['timed']],
  [`attr.due > timestamp('0001-01-01T00:00:00Z')`, ['timed']],
  [`attr.due = 'acme'`, ['odd']],
  [`attr.due is not null`, ['timed', 'odd']],
  [`labels.team = 'a'`, ['acme']],
  [`labels.team in ('a', 'b')`, ['acme', 'other']],
  [`labels.team != 'a'`, ['other', 'odd']],
  [`labels.team > 'b'`, ['odd']],
  [`labels['x-y'] starts_with 'z'`, ['other']],
  [`labels.team is not null and not labels.team = 'a'`, ['other', 'odd']],
  [`state = FAILED`, ['failed']],
  [`state in (running, PAUSED) and labels.team is null and attr.score is null`, ['plain', 'paused', 'child']],
  [`state != RUNNING`, ['failed', 'done', 'paused']],
  [`not (state = RUNNING or state = DONE)`, ['failed', 'paused']],
  [`workflow_id = 'billing'`, ['timed']],
  [`workflow_id starts_with 'billing'`, ['timed', 'failed']],
  [`workflow_version > 1`, ['done']],
  [`created_at > '2026-11-01T12:00:00Z'`, ['paused']],
  [`created_at < '0000-01-01T00:00:00Z' or created_at > '9999-12-31T23:59:59-14:00'`, []],
  [`ended_at >= '2026-11-01T12:00:01.5Z'`, ['failed', 'done']],
  [`ended_at = '2026-11-01T12:00:01.500Z'`, ['failed']],
  [`not ended_at < '2026-11-02T00:00:00Z' and not ended_at is null`, ['done']],
  [`duration_ms <= 1500`, ['failed']],
  [`duration_ms > 1500`, ['done']],
  [`session_id = 's-1'`, ['texts']],
  [`session_id is not null`, ['texts']],
  [`session_id != 's-2'`, ['texts']],
  [`not session_id starts_with 's' and attr.customer is not null`, ['acme', 'other', 'odd', 'failed', 'child']],
  [`failure_code in ('TIMEOUT', 'CANCELLED') and failed_node_id = 'charge'`, ['failed']],
  [`parent_run_id is not null`, ['child']],
];

/** Filters, counts and selections. */
export function testFilters(emptyStore: EmptyStore): void {
  test('a filter holds for the same runs wherever it is asked', async () => {
    const { store, nameOf } = await filled(emptyStore);
    for (const [source, names] of CASES) {
      const filter = parseFilter(source);
      const listed = await store.listRuns({ ...ANY, filter });
      assert.deepEqual(listed.map(({ runId }) => nameOf(runId)).toSorted(), names.toSorted(), source);
      const selection = { namespace: 'default', filter, includeChildren: true };
      assert.equal((await store.countRuns(selection, undefined)).count, names.length, source);
    }
  });

  test('attributes and memo are read back as they were given', async () => {
    const { store, ids } = await filled(emptyStore);
    const attributes = (await store.runRow(ids['texts'] ?? ''))?.searchAttributes;
    assert.deepEqual(attributes, { customer: 'Zürich', score: '0.5', tags: ['acme', 'red'] });
    const runId = newRunId();
    const memo = { note: 'a\0b \ud800', deep: [{ n: 1.5, t: true, nothing: null }] };
    await store.commit(batch(start(runId, { memo })));
    const kept = (await store.runRow(runId))?.memo;
    assert.deepEqual(kept?.['deep'], memo.deep);
    assert.equal((await store.runRow(ids['plain'] ?? ''))?.memo, undefined);
  });

  test('runs are counted by a field, the largest group first', async () => {
    const { store } = await filled(emptyStore);
    const all = { namespace: 'default', filter: undefined, includeChildren: true };
    const counts = async (groupBy: Parameters<RunStore['countRuns']>[1], change = {}) => {
      const { count, groups } = await store.countRuns({ ...all, ...change }, groupBy);
      return [count, ...groups.map(({ value, count: runs }) => `${JSON.stringify(value)}: ${runs}`)];
    };
    assert.deepEqual(await counts({ kind: 'state' }), [10, '"RUNNING": 7', '"DONE": 1', '"FAILED": 1', '"PAUSED": 1']);
    const workflows = await counts({ kind: 'workflow_id' }, { includeChildren: false });
    assert.deepEqual(workflows, [9, '"sample": 7', '"billing": 1', '"billing-2": 1']);
    const [count, ...customers] = await counts({ kind: 'attribute', name: 'customer' });
    assert.equal(count, 10);
    assert.deepEqual(customers.slice(0, 2), ['undefined: 4', '"acme": 3']);
    assert.deepEqual(new Set(customers.slice(2)), new Set([`"Zürich": 1`, `"other": 1`, `"😀": 1`]));
    assert.deepEqual(await counts({ kind: 'state' }, { namespace: 'nobody' }), [0]);
  });

  test('runs are selected in the order of their ids, within bounds', async () => {
    const { store, ids } = await filled(emptyStore);
    const all = { namespace: 'default', filter: undefined, includeChildren: false };
    const inOrder = Object.entries(ids).flatMap(([name, runId]) => (name === 'child' ? [] : [runId]));
    assert.deepEqual(await store.selectRuns(all, 100), inOrder);
    assert.deepEqual(await store.selectRuns(all, 2), inOrder.slice(0, 2));
    const within = { ...all, afterRunId: inOrder[1], upToRunId: inOrder[4] };
    assert.deepEqual(await store.selectRuns(within, 100), inOrder.slice(2, 5));
    assert.equal((await store.countRuns(within, undefined)).count, 3);
  });
}

const ANY = {
  namespace: 'default',
  workflowId: undefined,
  statuses: [],
  labels: {},
  limit: 100,
  beforeRunId: undefined,
  parentRunId: undefined,
  includeChildren: true,
} as const;

async function filled(emptyStore: EmptyStore) {
  const store = await emptyStore();
  const ids = Object.fromEntries(Object.keys(RUNS).map((name) => [name, newRunId()]));
  const made = Object.entries(RUNS).map(([name, make]) => make(ids[name] ?? '', ids));
  await store.commit(batch(...made));
  await store.commit(batch(start(newRunId(), { namespace: 'other', searchAttributes: { customer: 'acme' } })));
  const names = new Map(Object.entries(ids).map(([name, runId]) => [runId, name]));
  return { store, ids, nameOf: (runId: string) => names.get(runId) ?? runId };
}
