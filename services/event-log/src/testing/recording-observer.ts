import type { EventLogObserver } from '../app/event-log-observer.ts';

/** Names of what happened, in order. */
export interface RecordingObserver extends EventLogObserver {
  readonly seen: string[];
}

/** Remembers what it is told. */
export function recordingObserver(): RecordingObserver {
  const seen: string[] = [];
  const note = (name: string) => (): void => {
    seen.push(name);
  };
  return {
    seen,
    stored: note('stored'),
    malformed: note('malformed'),
    refused: note('refused'),
    repaired: note('repaired'),
    sourceUnavailable: note('sourceUnavailable'),
    subscriberStarted: note('subscriberStarted'),
    subscriberEnded: note('subscriberEnded'),
    subscriberLagged: note('subscriberLagged'),
    taskEventsMissing: note('taskEventsMissing'),
    taskEventsStored: note('taskEventsStored'),
  };
}
