import { appendFileSync } from 'node:fs';
import type { Cell } from './cell.ts';

/** Keeps cells: each as a line of the file, if there is one, and as a line for people. */
export function recordCell(cell: Cell, file: string | undefined): void {
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(cell)}\n`);
  console.log(cellLine(cell));
  if (cell.errors === 0) return;
  console.error(`!!! ${cell.errors} ERRORS: the figures of this cell mean nothing`);
  for (const error of cell.first_errors ?? []) console.error(`!!!   ${error}`);
}

const NAME_WIDTH = 46;
const FIGURE_WIDTH = 11;

/** What stands in the columns, by heading. */
const COLUMNS: readonly (readonly [heading: string, figureOf: (cell: Cell) => unknown])[] = [
  ['runs', (cell) => cell.runs],
  ['errors', (cell) => cell.errors],
  ['runs/s', (cell) => cell.runs_per_s],
  ['p50 ms', (cell) => cell.p50_ms ?? cell['chunk_p50_ms']],
  ['p99 ms', (cell) => cell.p99_ms ?? cell['chunk_p99_ms']],
  ['CPU s/1000', (cell) => cell.cpu_s_per_1000_runs],
  ['PSS MB', (cell) => cell.peak_pss_mb],
  ['commits/s', (cell) => cell.yardstick?.commits_per_s_c16],
  ['others', (cell) => cell.other_cores],
];

/** Figures that only some workloads have; they stand behind the columns with their names. */
const MORE = ['steps_per_s', 'chunks_per_s', 'up_s', 'all_done_s', 'starts_per_s', 'mb', 'queries_per_s', 'cores'];

/** The headings of the lines for people. */
export function headings(): string {
  return `${''.padEnd(NAME_WIDTH)}${COLUMNS.map(([heading]) => heading.padStart(FIGURE_WIDTH)).join('')}`;
}

function cellLine(cell: Cell): string {
  const { engine, mode, workload, scenario, concurrency, round } = cell;
  const name = `${engine} ${mode} ${workload} ${scenario ?? `c=${concurrency}`} #${round}`;
  const figures = COLUMNS.map(([, figureOf]) => textOf(figureOf(cell)).padStart(FIGURE_WIDTH));
  const more = MORE.filter((key) => cell[key] !== undefined).map((key) => `  ${key}=${textOf(cell[key])}`);
  return [name.padEnd(NAME_WIDTH), ...figures, ...more].join('');
}

function textOf(figure: unknown): string {
  return typeof figure === 'number' ? String(figure) : '-';
}
