import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { create, fromJson, type JsonValue } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { NodeState, RunSchema, RunState, type Run } from '@skein/contracts/scheduler';
import { temporaryDirectory } from '@skein/testkit';
import { answerOf, categoryOf } from './answer.ts';
import { percentile, summarize } from './summary.ts';
import { readTickets, type Ticket } from './tickets.ts';

const value = (json: JsonValue) => fromJson(ValueSchema, json);
const ticket = (expectedCategory: string): Ticket => ({ id: 'T', subject: '', input: {}, expectedCategory });

function run(category: string, tookSeconds: number, state: RunState = RunState.DONE): Run {
  const classify = { nodeId: 'classify', state: NodeState.SUCCEEDED, output: value({ category }) };
  const skipped = { nodeId: 'other', state: NodeState.SKIPPED };
  const times = { createdAt: { seconds: 100n }, endedAt: { seconds: BigInt(100 + tookSeconds) } };
  return create(RunSchema, { state, nodes: [classify, skipped], ...times });
}

test('tickets are read a line each, and a wrong line is named', async () => {
  await using directory = await temporaryDirectory('tickets');
  const path = join(directory.path, 'tickets.jsonl');
  await writeFile(path, '{"id":"T-1","subject":"s","text":"t","expected_category":"billing"}\n\n{"text":"u"}\n');
  const [first, second] = await readTickets(path);
  assert.deepEqual(first, {
    id: 'T-1',
    subject: 's',
    input: { id: 'T-1', subject: 's', text: 't' },
    expectedCategory: 'billing',
  });
  assert.deepEqual([second?.id, second?.expectedCategory], [`${path}:3`, '']);
  for (const [line, problem] of [
    ['{"text":', /not JSON/],
    ['[]', /not a JSON object/],
    ['{"id":"x"}', /needs a "text"/],
    ['', /no ticket/],
  ] as const) {
    await writeFile(path, line);
    await assert.rejects(readTickets(path), problem);
  }
});

test('the answer is found in whatever form the agent gave it', () => {
  const answer = (json: JsonValue): string => answerOf(create(RunSchema, { output: value(json) }));
  assert.equal(answer('plain'), 'plain');
  assert.equal(answer({ response: 'r', collected_data: { text: 'no' } }), 'r');
  assert.equal(answer({ final_message: { role: 'assistant', content: 'c' } }), 'c');
  assert.equal(answer({ output: { response: 'deep' } }), 'deep');
  assert.equal(answer({ category: 'other', ticket: { text: 'the question' } }), '');
});

test('the summary counts runs, nodes and what was classified as expected', () => {
  const results = [
    { ticket: ticket('billing'), run: run('billing', 1) },
    { ticket: ticket('technical'), run: run('other', 2) },
    { ticket: ticket(''), run: run('other', 3) },
  ];
  const others = [{ ticket: ticket('billing'), run: run('x', 4, RunState.FAILED) }];
  const summary = summarize(results, others, { wallMs: 10, firstRunMs: 5 });
  assert.deepEqual([summary.runs, summary.done, summary.failed, summary.nodes], [4, 3, 1, 4]);
  assert.deepEqual([summary.judged, summary.correct, summary.accuracy], [2, 1, 0.5]);
  assert.deepEqual(summary.latency_ms, { p50: 2000, p90: 4000, p99: 4000 });
  assert.equal(categoryOf(run('billing', 0)), 'billing');
  assert.deepEqual([percentile([], 0.5), percentile([1, 2, 3], 1)], [0, 3]);
});
