import type { RuleReport } from '@skein/conformance';
import type { Output } from '../output/output.ts';

/** What was found about one rule, for people. */
export function showReport(report: RuleReport, output: Output): void {
  const { good, bad, busy, strong } = output.paint;
  const { rule, expected } = report;
  switch (report.verdict) {
    case 'kept':
      output.line(`${good('✓')} ${strong(rule)}: ${expected}`);
      break;
    case 'skipped':
      output.line(`${busy('-')} ${strong(rule)}: not looked at: ${report.why}`);
      break;
    case 'broken':
      output.line(`${bad('✗')} ${strong(rule)}`);
      output.line(`    expected: ${expected}`);
      output.line(`    seen: ${report.seen}`);
      output.line(`    what to do: ${report.mend}`);
  }
}

/** Such as `12 rules kept, 1 broken, 2 not looked at`. */
export function summary(reports: readonly RuleReport[]): string {
  const count = (verdict: RuleReport['verdict']): number =>
    reports.filter((report) => report.verdict === verdict).length;
  return `${count('kept')} rules kept, ${count('broken')} broken, ${count('skipped')} not looked at`;
}
