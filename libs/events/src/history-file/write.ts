import { toJson } from '@bufbuild/protobuf';
import type { ListEventsResponse } from '@skein/contracts/eventlog';
import { RunEventSchema, TaskEventSchema, type RunEvent, type TaskEvent } from '@skein/contracts/event';
import { digestOf, isJsonObject, type JsonObject, type JsonValue, type WorkflowDefinition } from '@skein/domain';
import { payloadFromMessage } from '../payload-codec.ts';
import { HISTORY_FILE_VERSION, type HistoryHeader } from './format.ts';

/** An event of either kind, as event-log lists them. */
export type ListedEvent =
  | { readonly case: 'runEvent'; readonly value: RunEvent }
  | { readonly case: 'taskEvent'; readonly value: TaskEvent };

/** What a file is written from. */
export interface HistorySource {
  /** In order, the first `run_started`. */
  readonly events: AsyncIterable<ListedEvent>;
  readonly taskEvents: boolean;
  /** The definition of a stored version. */
  readonly definitionOf: (workflowId: string, version: number) => Promise<JsonObject>;
}

/**
 * The lines of a history file, without line ends; none for a run without events.
 * @throws RangeError when the first event is not `run_started`.
 */
export async function* historyLines({ events, taskEvents, definitionOf }: HistorySource): AsyncGenerator<string> {
  let hasHeader = false;
  for await (const event of events) {
    if (!hasHeader) {
      yield* headLines(event, taskEvents, definitionOf);
      hasHeader = true;
    }
    yield JSON.stringify(
      event.case === 'runEvent' ? toJson(RunEventSchema, event.value) : toJson(TaskEventSchema, event.value),
    );
  }
}

async function* headLines(
  first: ListedEvent,
  taskEvents: boolean,
  definitionOf: HistorySource['definitionOf'],
): AsyncGenerator<string> {
  const event = first.case === 'runEvent' ? first.value : undefined;
  if (event?.event.case !== 'runStarted') throw new RangeError('a history begins with run_started');
  const { workflowId, workflowVersion, definition: implicit } = event.event.value;
  const definition =
    implicit === undefined
      ? await definitionOf(workflowId, workflowVersion)
      : objectOf(payloadFromMessage(implicit).value);
  const header: HistoryHeader = {
    skein_history: HISTORY_FILE_VERSION,
    namespace: event.namespace,
    run_id: event.runId,
    workflow_id: workflowId,
    workflow_version: workflowVersion,
    definition_digest: digestOfObject(definition),
    task_events: taskEvents,
  };
  yield JSON.stringify(header);
  yield JSON.stringify(definition);
}

/** The events of a list that is read page by page, as event-log answers it. */
export async function* listedEvents(
  readPage: (pageToken: string) => Promise<Pick<ListEventsResponse, 'entries' | 'nextPageToken'>>,
): AsyncGenerator<ListedEvent> {
  let pageToken = '';
  do {
    const page = await readPage(pageToken);
    for (const { entry } of page.entries) if (entry.case !== undefined) yield entry;
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
}

/** The digest of a definition that nobody has checked: equal to that of the checked one. */
export function digestOfObject(definition: JsonObject): string {
  return digestOf(definition as unknown as WorkflowDefinition);
}

function objectOf(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw new RangeError('the definition of the run is not an object');
  return value;
}
