import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell } from './cell.ts';
import { markdownTables } from './markdown-table.ts';

const cell = (engine: string, mode: string, rate: number, more: Partial<Cell> = {}): Cell => ({
  engine,
  mode,
  workload: 'w1',
  concurrency: 16,
  round: 1,
  at: '2026-01-01T00:00:00Z',
  runs: 100,
  errors: 0,
  runs_per_s: rate,
  p50_ms: 10,
  p99_ms: 20,
  cpu_s_per_1000_runs: 1,
  peak_pss_mb: 300,
  ...more,
});

function rowsOf(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) =>
    line
      .split('|')
      .map((text) => text.trim())
      .slice(1, -1),
  );
}

test('rounds become medians, and other engines stand beside with ratios', () => {
  const cells = [
    cell('skein', 'embedded', 1000),
    cell('skein', 'embedded', 3000),
    cell('skein', 'embedded', 2000),
    cell('restate', 'server', 500),
  ];
  const [names, , ...rows] = rowsOf(markdownTables(cells, 'restate server'));
  assert.deepEqual(names?.slice(0, 4), ['', 'engine', 'rounds', 'runs/s']);
  assert.deepEqual(rows[0]?.slice(0, 4), ['c=16', 'skein embedded', '3', '2,000 (4.00×)']);
  assert.deepEqual(rows[1]?.slice(0, 4), ['c=16', 'restate server', '1', '500']);
});

test('figures that nobody has are no column, errors are shouted', () => {
  const markdown = markdownTables([cell('skein', 'embedded', 1000, { errors: 2 })], 'restate server');
  assert.doesNotMatch(markdown, /steps|MB\/10,000/);
  assert.match(markdown, /\*\*2 ERRORS\*\*/);
});

test('places and sets of different size are kept apart', () => {
  const three = cell('skein', 'distributed', 900, { schedulers: 3, executors: 2 });
  const cells = [cell('skein', 'distributed', 700), three, cell('skein', 'embedded', 1, { concurrency: 1 })];
  const rows = rowsOf(markdownTables(cells, 'none')).slice(2);
  assert.deepEqual(
    rows.map((row) => row.slice(0, 2)),
    [
      ['c=1', 'skein embedded'],
      ['c=16', 'skein distributed'],
      ['c=16', 'skein distributed 3+2'],
    ],
  );
});
