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

const WIDTHS = { name: 34, figure: 10 };

/** The headings of the lines for people. */
export function headings(): string {
  const names = ['runs', 'errors', 'runs/s', 'p50 ms', 'p99 ms', 'CPU/1000', 'PSS MB', 'commits/s', 'others'];
  return `${''.padEnd(WIDTHS.name)}${names.map((name) => name.padStart(WIDTHS.figure)).join('')}`;
}

function cellLine(cell: Cell): string {
  const { engine, mode, workload, scenario, concurrency, round } = cell;
  const what = scenario ?? `c=${concurrency}`;
  const name = `${engine} ${mode} ${workload} ${what} #${round}`.padEnd(WIDTHS.name);
  const figures = [
    cell.runs,
    cell.errors,
    cell.runs_per_s,
    cell.p50_ms,
    cell.p99_ms,
    cell.cpu_s_per_1000_runs,
    cell.peak_pss_mb,
    cell.yardstick.commits_per_s_c16,
    cell.other_cores,
  ];
  return `${name}${figures.map((figure) => String(figure ?? '-').padStart(WIDTHS.figure)).join('')}`;
}
