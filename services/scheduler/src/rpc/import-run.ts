import type { MethodImpl } from '@connectrpc/connect';
import type { RunEvent } from '@skein/contracts/event';
import type { RunService } from '@skein/contracts/scheduler';
import type { HistoryEvent } from '@skein/domain';
import { historyOf, searchAttributesToMessages, UnknownEventError } from '@skein/events';
import { importRun, invalidHistory, type ImportRunDependencies } from '../app/import-run.ts';
import { bounded, invalidField, labelsOf, namespaceOf, newRunIdOf, searchAttributesOf } from './request-fields.ts';
import { runToMessage } from './run-message.ts';

const MAX_ID_CHARS = 128;

/** RunService.ImportRun. Any scheduler may: an ended run is nobody's. */
export function importRunRpc(parts: ImportRunDependencies): MethodImpl<typeof RunService.method.importRun> {
  return async ({ namespace, definition, events }) => {
    if (definition === undefined) throw invalidField('definition', 'is required', 'REQUIRED');
    const runId = newRunIdOf(events[0]?.runId ?? '');
    if (runId === undefined) throw invalidField('events', 'give the whole history, with its run_id', 'REQUIRED');
    const stranger = events.findIndex((event) => event.runId.toLowerCase() !== runId);
    if (stranger >= 0) throw invalidHistory(stranger + 1, 'the event is of another run than the first');
    const history = decoded(events);
    const found = await importRun(parts, {
      namespace: namespaceOf(namespace),
      runId,
      definition,
      history,
    });
    return { run: runToMessage(found, undefined) };
  };
}

function decoded(events: readonly RunEvent[]): readonly HistoryEvent[] {
  const history = events.map((event, index) => {
    try {
      return historyOf([event]);
    } catch (error) {
      if (error instanceof UnknownEventError) throw invalidHistory(index + 1, error.message, error);
      throw error;
    }
  });
  const all = history.flat();
  const first = all[0]?.event;
  if (first?.kind === 'run_started') {
    labelsOf(first.labels);
    searchAttributesOf(searchAttributesToMessages(first.searchAttributes ?? {}));
    bounded('events[0].session_id', first.sessionId, 256);
    bounded('events[0].workflow_id', first.workflowId, MAX_ID_CHARS);
  }
  return all;
}
