import { Code } from '@connectrpc/connect';
import { skeinError } from '@skein/rpc';
import { runNotFound } from '../find-run.ts';
import type { DeletionOutcome, RunRetention } from './run-retention.ts';

/** What deleting by hand needs. */
export interface DeleteRunDependencies {
  readonly retention: Pick<RunRetention, 'deleteRun'>;
  /** Waits a moment between two tries. */
  readonly pause: () => Promise<void>;
  readonly monotonicMs: () => number;
}

/** Event-log confirms within a second, and the outbox is looked at once a second. */
const PATIENCE_MS = 5000;

/**
 * Deletes an ended run and its child runs with everything that is stored of them.
 * @throws RUN_NOT_FOUND, RUN_NOT_DELETABLE; SERVICE_UNAVAILABLE while event-log has not confirmed all events of the run
 */
export async function deleteRun(
  { retention, pause, monotonicMs }: DeleteRunDependencies,
  { namespace, runId }: { readonly namespace: string; readonly runId: string },
): Promise<void> {
  const untilMs = monotonicMs() + PATIENCE_MS;
  let outcome = await retention.deleteRun(namespace, runId);
  while (outcome.kind === 'unconfirmed' && monotonicMs() < untilMs) {
    await pause();
    outcome = await retention.deleteRun(namespace, runId);
  }
  if (outcome.kind !== 'deleted') throw refusalOf(outcome, namespace, runId);
}

function refusalOf(outcome: DeletionOutcome, namespace: string, runId: string) {
  switch (outcome.kind) {
    case 'open':
      return notDeletable(`run ${runId} has not ended`, `\`skein runs cancel ${runId}\` ends it, or wait for its end`);
    case 'has_open_children':
      return notDeletable(`child runs of run ${runId} have not ended`, `\`skein runs tree ${runId}\` shows them`);
    case 'has_parent':
      return notDeletable(
        `run ${runId} is kept as long as its parent run`,
        `delete the parent: \`skein runs delete ${outcome.parentRunId}\``,
      );
    case 'unconfirmed':
      return skeinError({
        reason: 'SERVICE_UNAVAILABLE',
        code: Code.Unavailable,
        message: `event-log has not confirmed all events of run ${runId}: it could not delete what it does not have`,
        place: 'run_id',
        remedy: 'try again; `skein doctor` says what is down',
        retryAfterMs: 1000,
      });
    case 'deleted':
    case 'unknown':
      return runNotFound(namespace, runId);
  }
}

function notDeletable(message: string, remedy: string) {
  return skeinError({
    reason: 'RUN_NOT_DELETABLE',
    code: Code.FailedPrecondition,
    message,
    place: 'run_id',
    remedy,
  });
}
