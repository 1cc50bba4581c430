/** Cells as a Markdown table: medians over rounds, and ratios between engines. */
import { median } from '../load/statistics.ts';
import type { Cell } from './cell.ts';

/** A figure that a table shows, and which way is better. */
interface Column {
  readonly key: string;
  readonly heading: string;
  readonly digits: number;
}

const COLUMNS: readonly Column[] = [
  { key: 'runs_per_s', heading: 'runs/s', digits: 0 },
  { key: 'steps_per_s', heading: 'steps/s', digits: 0 },
  { key: 'p50_ms', heading: 'p50 ms', digits: 1 },
  { key: 'p99_ms', heading: 'p99 ms', digits: 1 },
  { key: 'cpu_s_per_1000_runs', heading: 'CPU s/1,000', digits: 2 },
  { key: 'chunk_p50_ms', heading: 'chunk p50 ms', digits: 2 },
  { key: 'chunk_p99_ms', heading: 'chunk p99 ms', digits: 1 },
  { key: 'chunks_per_s', heading: 'chunks/s', digits: 0 },
  { key: 'delay_p50_ms', heading: 'late p50 ms', digits: 0 },
  { key: 'delay_p99_ms', heading: 'late p99 ms', digits: 0 },
  { key: 'done_p50_ms', heading: 'done p50 ms', digits: 0 },
  { key: 'done_p99_ms', heading: 'done p99 ms', digits: 0 },
  { key: 'up_s', heading: 'up s', digits: 2 },
  { key: 'all_done_s', heading: 'all done s', digits: 2 },
  { key: 'mb_per_10000', heading: 'MB/10,000', digits: 1 },
  { key: 'mb_postgres', heading: 'Postgres MB', digits: 0 },
  { key: 'queries_per_s', heading: 'queries/s', digits: 1 },
  { key: 'cores', heading: 'cores', digits: 3 },
  { key: 'peak_pss_mb', heading: 'PSS MB', digits: 0 },
];

/** The cells of one engine in one place of the plan. */
interface Group {
  readonly engine: string;
  readonly place: string;
  readonly cells: readonly Cell[];
}

/**
 * A table for each workload, a row for each engine, mode and place. Behind a figure stands its ratio to that of
 * `baseline` in the same place, where the baseline was measured there.
 */
export function markdownTables(cells: readonly Cell[], baseline: string): string {
  const workloads = [...new Set(cells.map(({ workload }) => workload))].toSorted();
  return workloads
    .map((workload) =>
      workloadTable(
        workload,
        cells.filter((cell) => cell.workload === workload),
        baseline,
      ),
    )
    .join('\n\n');
}

function workloadTable(workload: string, cells: readonly Cell[], baseline: string): string {
  // Engines side by side: places in order, engines as they come.
  const places = [...new Set(cells.toSorted((a, b) => a.concurrency - b.concurrency).map(placeOf))];
  const inOrder = places.flatMap((place) => cells.filter((cell) => placeOf(cell) === place));
  const groups = [...Map.groupBy(inOrder, (cell) => `${placeOf(cell)}|${engineOf(cell)}`).values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ engine: engineOf(first), place: placeOf(first), cells: group }] : [];
  });
  const columns = COLUMNS.filter(({ key }) => groups.some((group) => figureOf(group, key) !== null));
  const isLoop = groups.some((group) => figureOf(group, 'runs_per_s') !== null);
  const rows = groups.map((group) => {
    const base = groups.find(({ engine, place }) => engine === baseline && place === group.place);
    const errors = group.cells.reduce((sum, cell) => sum + cell.errors, 0);
    return [
      group.place,
      `${group.engine}${errors > 0 ? ` **${errors} ERRORS**` : ''}`,
      String(group.cells.length),
      ...columns.map((column) => figureText(group, column, base)),
      ...(isLoop ? [ratioToCommits(group)] : []),
    ];
  });
  const names = [
    '',
    'engine',
    'rounds',
    ...columns.map(({ heading }) => heading),
    ...(isLoop ? ['runs per commit'] : []),
  ];
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return [`### ${workload.toUpperCase()}`, '', line(names), line(names.map(() => '---')), ...rows.map(line)].join('\n');
}

function figureText(group: Group, { key, digits }: Column, base: Group | undefined): string {
  const figure = figureOf(group, key);
  if (figure === null) return '–';
  const text = figure.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const compared = base && base !== group ? figureOf(base, key) : null;
  return compared === null || compared === 0 ? text : `${text} (${(figure / compared).toFixed(2)}×)`;
}

/** Runs for each durable single-row commit that the machine could have made: steadier than runs a second. */
function ratioToCommits({ cells }: Group): string {
  const ratios = cells.flatMap(({ runs_per_s: rate, yardstick }) => {
    return rate === null || yardstick === undefined ? [] : [rate / yardstick.commits_per_s_c16];
  });
  return median(ratios)?.toFixed(3) ?? '–';
}

function figureOf({ cells }: Group, key: string): number | null {
  const figures = cells.map((cell) => cell[key]);
  return median(figures.filter((figure) => typeof figure === 'number'));
}

function engineOf({ engine, mode, schedulers = 1, executors = 1 }: Cell): string {
  const set = schedulers + executors > 2 ? ` ${schedulers}+${executors}` : '';
  return `${engine} ${mode}${set}`.trim();
}

function placeOf({ scenario, concurrency }: Cell): string {
  return scenario ?? `c=${concurrency}`;
}
