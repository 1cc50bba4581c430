import { rule, type Finding, type RoundHistory } from '../history.ts';

/** What was deleted is gone, everywhere and for good, and nothing else is. */
export const deleted = rule(
  'deleted',
  'a run whose deletion was answered is gone with its child runs, from the scheduler as from event-log, and stays so; no other run is',
  (history) => [
    ...history.records.flatMap((record) => ofRecord(record, history)),
    ...leftOf(history),
    ...orphans(history),
    ...untold(history),
  ],
);

/** That one which was not to be deleted is stored is for `acknowledged` to say. */
function ofRecord(
  { order, deletion, runIds: [runId = ''] }: RoundHistory['records'][number],
  { deletions, runs }: RoundHistory,
): Finding[] {
  const isListed = deletions.some((run) => run.runId === runId);
  if (deletion === undefined) {
    return isListed ? [{ runId, text: `${order.id} was deleted, and nobody had asked for that` }] : [];
  }
  if (deletion.answeredAtMs === undefined) return [];
  if (runs.has(runId)) return [{ runId, text: `the deletion of ${order.id} was answered, and it is there` }];
  return isListed ? [] : [{ runId, text: `the deletion of ${order.id} was answered, and is written down nowhere` }];
}

function leftOf({ deletions }: RoundHistory): Finding[] {
  return deletions.flatMap(({ runId, isConfirmed, leftIn }): Finding[] => {
    if (leftIn.length > 0)
      return [{ runId, text: `it was deleted, and something of it is left in ${leftIn.join(', ')}` }];
    return isConfirmed ? [] : [{ runId, text: 'it was deleted, and event-log has not confirmed that' }];
  });
}

/** Child runs follow their parent. */
function orphans({ runs }: RoundHistory): Finding[] {
  return [...runs.values()]
    .filter(({ parentRunId }) => parentRunId !== '' && !runs.has(parentRunId))
    .map(({ runId, parentRunId }) => ({ runId, text: `its parent ${parentRunId} was deleted, and it is there` }));
}

/** The API knows every run that is stored. */
function untold({ runs }: RoundHistory): Finding[] {
  return [...runs.values()]
    .filter(({ answers }) => answers.length === 0)
    .map(({ runId }) => ({ runId, text: 'it is stored, and answered like one that never was' }));
}
