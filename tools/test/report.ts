import type { StepResult } from './run-step.ts';
import { addTotals, verdict } from './totals.ts';

/** The end of a test run as lines: what failed and why, each part, what was skipped and why, and last the verdict. */
export function report(results: readonly StepResult[]): { readonly lines: readonly string[]; readonly ok: boolean } {
  const sum = addTotals(results.map(({ totals }) => totals));
  const parts = results.map(({ title, totals, problem }) => {
    const mark = totals.failed > 0 ? '✖' : '✔';
    return `${mark} ${title}: ${verdict(totals)}${problem ? ` (${problem})` : ''}`;
  });
  const failed = sum.failedNames.map((name) => `failed: ${name}`);
  const skipped = sum.skippedNames.map((name) => `skipped: ${name}`);
  const failures = sum.failures.length > 0 ? ['', '── failures', ...sum.failures] : [];
  return {
    lines: [...failures, '', '── summary', ...parts, ...failed, ...skipped, verdict(sum)],
    ok: sum.failed === 0,
  };
}
