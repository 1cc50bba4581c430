import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { RunEventSchema } from '@skein/contracts/event';
import { RunSchema, RunState } from '@skein/contracts/scheduler';
import { collectPair, parseSpanMs } from '../input/option-values.ts';
import { TextLines } from '../watch/text-lines.ts';
import { palette } from './palette.ts';
import { plainJson } from './plain-json.ts';
import { table } from './table.ts';
import { spanText } from './time.ts';
import { clip } from './value-text.ts';

test('messages are printed with plain words, numbers and payloads', () => {
  const run = create(RunSchema, { runId: 'r', state: RunState.DONE, lastSeq: 7n, labels: { a: '' } });
  assert.deepEqual(plainJson(RunSchema, run), {
    run_id: 'r',
    workflow_version: 0,
    state: 'DONE',
    last_seq: 7,
    nodes: [],
    labels: { a: '' },
    search_attributes: {},
  });
  const json = new TextEncoder().encode('{"a":[1]}');
  const output = create(RunEventSchema, { event: { case: 'runDone', value: { output: { json } } } });
  assert.deepEqual(plainJson(RunEventSchema, output), { seq: 0, run_done: { output: { a: [1] }, output_seq: 0 } });
  const digest = { case: 'nodeScheduled', value: { inputDigest: new Uint8Array([1, 255]) } } as const;
  const scheduled = plainJson(RunEventSchema, create(RunEventSchema, { event: digest }));
  assert.partialDeepStrictEqual(scheduled, { node_scheduled: { input_digest: '01ff' } });
});

test('columns are as wide as what is seen of them', () => {
  const { good } = palette(true);
  const [header = '', row = ''] = table(['A', 'B'], [[good('long one'), 'x']]);
  assert.equal(header, 'A         B');
  assert.ok(row.endsWith('  x'));
});

test('spans are read and written as people do', () => {
  assert.deepEqual(['250ms', '1.5s', '2m', '1h', '3'].map(parseSpanMs), [250, 1500, 120_000, 3_600_000, 3000]);
  assert.deepEqual([12, 3400, 125_000, 12_000_000, 1e9].map(spanText), [
    '12 ms',
    '3.4 s',
    '2 min 5 s',
    '3 h 20 min',
    '11 d',
  ]);
  assert.throws(() => parseSpanMs('soon'), /time span/);
  assert.throws(() => collectPair('=x'), /KEY=VALUE/);
});

test('streamed text is cut into lines at line breaks and word ends, each source apart', () => {
  const lines = new TextLines(10);
  assert.deepEqual(lines.add('a', 'one two th'), []);
  assert.deepEqual(lines.add('b', 'x\n'), ['x']);
  assert.deepEqual(lines.add('a', 'ree four\nfive'), ['one two', 'three four']);
  assert.deepEqual(lines.flush('a'), ['five']);
  lines.add('a', 'gone');
  lines.reset('a');
  assert.deepEqual([lines.flush('a'), lines.flush('b')], [[], []]);
  assert.equal(clip('  a\n b   c', 4), 'a b…');
});
