/** Counts of tests, read from what node:test prints; the same for results that come from a cache. */
export interface Totals {
  readonly passed: number;
  /** Failed or cancelled. */
  readonly failed: number;
  readonly skipped: number;
  readonly failedNames: readonly string[];
  /** What node:test says at the end about each failed test: its place, its error. */
  readonly failures: readonly string[];
  /** Names of skipped tests with their reasons. */
  readonly skippedNames: readonly string[];
}

export const NONE: Totals = { passed: 0, failed: 0, skipped: 0, failedNames: [], failures: [], skippedNames: [] };

const COUNT = /^(?:\S+: )?ℹ (pass|fail|cancelled|skipped|todo) (\d+)$/gm;
const SKIPPED = /^(?:\S+: )?\s*﹣ (.+)$/gm;
/** The list at the end of the output of one test process, which nothing of that process follows. */
const FAILURES_TITLE = /^((?:\S+: )?)✖ failing tests:$/;
/** More of one run does not help: what comes first explains the rest. */
const FAILURES_MAX_LINES = 120;
const FAILED = /^((?:\S+: )?)\s*✖ (.+) \([\d.]+ms\)$/gm;
// oxlint-disable-next-line no-control-regex -- colours are control sequences
const COLOUR = /\u001B\[[0-9;]*m/g;

/** Adds up every summary in the output; nx puts the name of the project before each line. */
export function readTotals(output: string): Totals {
  const plain = output.replaceAll(COLOUR, '');
  const sums: Record<string, number> = {};
  for (const [, name = '', count] of plain.matchAll(COUNT)) sums[name] = (sums[name] ?? 0) + Number(count);
  return {
    passed: sums['pass'] ?? 0,
    failed: (sums['fail'] ?? 0) + (sums['cancelled'] ?? 0),
    // A test marked as to do has not shown anything.
    skipped: (sums['skipped'] ?? 0) + (sums['todo'] ?? 0),
    // Each is printed twice: where it ran and in the list at the end.
    failedNames: [...new Set([...plain.matchAll(FAILED)].map(([, project = '', name = '']) => project + name))],
    failures: readFailures(plain),
    skippedNames: [...plain.matchAll(SKIPPED)].map(([, name = '']) => name.replace(/ \([\d.]+ms\)/, '')),
  };
}

/** The lines of one process may stand between those of another, told apart by the name of the project. */
function readFailures(plain: string): string[] {
  const open = new Set<string>();
  const failures: string[] = [];
  for (const line of plain.split('\n')) {
    const title = FAILURES_TITLE.exec(line);
    const project = [...open].find((name) => line.startsWith(name));
    if (title) open.add(title[1] ?? '');
    else if (project !== undefined && line.slice(project.length).trim() !== '') failures.push(line);
  }
  return failures.slice(0, FAILURES_MAX_LINES);
}

export function addTotals(all: readonly Totals[]): Totals {
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
    failedNames: all.flatMap(({ failedNames }) => failedNames),
    failures: all.flatMap(({ failures }) => failures),
    skippedNames: all.flatMap(({ skippedNames }) => skippedNames),
  };
}

/** The last line of every test run: "12 passed, 0 failed", and ", 1 skipped" if any. */
export function verdict({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
