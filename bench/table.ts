/**
 * `node bench/table.ts FILE… [--baseline "ENGINE MODE"]`: cells, from files of JSON lines, as Markdown: medians over
 * rounds, with ratios to a baseline. Cells of which a CPU profile was taken are left out.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { median } from './load/statistics.ts';
import type { Cell } from './report/cell.ts';
import { markdownTables } from './report/markdown-table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { baseline: { type: 'string', default: 'restate server' } },
});
if (positionals.length === 0) throw new Error('give files of JSON lines, as bench/main.ts --json writes them');
const cells = positionals
  .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line) as Cell)
  .filter(({ profiled }) => profiled !== true);

const days = [...new Set(cells.map(({ at }) => at.slice(0, 10)))].toSorted();
const busiest = Math.max(0, ...cells.map(({ other_cores: cores }) => cores ?? 0));
const commits = median(cells.flatMap(({ yardstick }) => (yardstick ? [yardstick.commits_per_s_c16] : [])));
console.log(
  `Measured ${days.join(', ')}; durable commits/s at 16 connections: ${commits ?? 'not measured'}; others used`,
);
console.log(`at most ${busiest.toFixed(2)} cores. Ratios are to ${values.baseline}.\n`);
console.log(markdownTables(cells, values.baseline));
