import { create, equals } from '@bufbuild/protobuf';
import { RunEventSchema, type RunEvent } from '@skein/contracts/event';
import { placedEvents, rule, type Finding, type StoredRun } from '../history.ts';

/** event-log has what the scheduler has. */
export const sameHistory = rule(
  'same-history',
  'event-log has the same events of a run as the scheduler, under the same numbers',
  ({ runs }) => [...runs.values()].flatMap(ofRun),
);

function ofRun(run: StoredRun): Finding[] {
  const { runId, logged } = run;
  const stored = placedEvents(run);
  const loggedSeqs = logged.map(({ seq }) => Number(seq));
  const storedSeqs = stored.map(({ seq }) => seq);
  if (loggedSeqs.join(' ') !== storedSeqs.join(' ')) {
    return [{ runId, text: `event-log has the events ${loggedSeqs.join(' ')}, the scheduler ${storedSeqs.join(' ')}` }];
  }
  return stored.flatMap(({ seq, event }, index) => {
    const other = logged[index]?.event;
    return other !== undefined && isSame(event, other) ? [] : [{ runId, text: `event ${seq} differs in event-log` }];
  });
}

/** What happened alone: the rest of an event follows from where it is stored. */
function isSame(a: RunEvent['event'], b: RunEvent['event']): boolean {
  return equals(RunEventSchema, create(RunEventSchema, { event: a }), create(RunEventSchema, { event: b }));
}
