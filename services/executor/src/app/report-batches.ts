import type { TaskReport } from '@skein/contracts/scheduler';

/** Most bytes of outputs in one message; far below what a stream carries, so that acknowledgements keep coming. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
/** What a report takes besides its output, about. */
const REPORT_OVERHEAD_BYTES = 1024;

/** Reports in as few messages as fit, in their order. */
export function reportBatches(reports: readonly TaskReport[]): TaskReport[][] {
  const batches: TaskReport[][] = [];
  let bytes = Infinity;
  for (const report of reports) {
    const sizeBytes = REPORT_OVERHEAD_BYTES + outputBytes(report);
    if (bytes + sizeBytes > MAX_BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(report);
    bytes += sizeBytes;
  }
  return batches;
}

function outputBytes({ report }: TaskReport): number {
  return report.case === 'succeeded' ? (report.value.output?.json.byteLength ?? 0) : 0;
}
