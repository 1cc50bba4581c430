import type { MessageInitShape } from '@bufbuild/protobuf';
import type { RunReplaySchema } from '@skein/contracts/scheduler';
import { fieldDifferences } from '@skein/events';
import type { ReplayedRun } from '../app/replay-runs.ts';
import { rowToMessage } from './run-message.ts';

/** A replayed run as the wire has it. */
export function replayToMessage({
  row,
  eventCount,
  divergences,
  isPruned,
}: ReplayedRun): MessageInitShape<typeof RunReplaySchema> {
  return {
    runId: row.runId,
    state: rowToMessage(row).state,
    workflowVersion: row.workflowVersion,
    events: BigInt(eventCount),
    divergences: divergences.map((divergence) => ({
      code: divergence.code,
      seq: BigInt(divergence.seq),
      nodeId: divergence.nodeId,
      recorded: divergence.recorded?.kind ?? '',
      decided: divergence.decided?.kind ?? '',
      differences: fieldDifferences(divergence),
      hint: divergence.hint,
    })),
    pruned: isPruned,
  };
}
