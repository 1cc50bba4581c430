import { placedEvents, rule, type Finding, type StoredRun } from '../history.ts';

/** A signal that was answered is in its run, once. */
export const signalled = rule(
  'signalled',
  'a signal that was answered is in the events of its run, and one id counts once however often it is sent',
  ({ records, runs }) => {
    const twice = [...runs.values()].flatMap((run): Finding[] => {
      const ids = receivedIds(run);
      const again = ids.filter((id, index) => ids.indexOf(id) !== index);
      return again.map((id) => ({ runId: run.runId, text: `signal ${id} counted more than once` }));
    });
    const lost = records.flatMap(({ runIds: [runId = ''], signalIds }): Finding[] => {
      const run = runs.get(runId);
      if (run === undefined) return [];
      const received = new Set(receivedIds(run));
      const missing = [...new Set(signalIds)].filter((id) => !received.has(id));
      return missing.map((id) => ({ runId, text: `signal ${id} was answered and is not in its events` }));
    });
    return [...twice, ...lost];
  },
);

function receivedIds(run: StoredRun): string[] {
  return placedEvents(run).flatMap(({ event }) => (event.case === 'signalReceived' ? [event.value.signalId] : []));
}
