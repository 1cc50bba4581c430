import { fromJson, type JsonValue as ProtoJson } from '@bufbuild/protobuf';
import { RunEventSchema, TaskEventSchema, type RunEvent, type TaskEvent } from '@skein/contracts/event';
import { isJsonObject, type HistoryEvent, type JsonObject } from '@skein/domain';
import { msOfTimestamp } from '../clock-types.ts';
import { eventFromMessage } from '../event-decode.ts';
import { HISTORY_FILE_VERSION, HistoryFileError, type HistoryHeader } from './format.ts';
import { digestOfObject } from './write.ts';

/** What a file says. Whether the run it tells of is possible is for `foldHistory` to say. */
export interface HistoryFile {
  readonly header: HistoryHeader;
  readonly definition: JsonObject;
  /** In the order of the file. */
  readonly runEvents: readonly RunEvent[];
  readonly taskEvents: readonly TaskEvent[];
}

const EXPORT_AGAIN = 'export the run again with `skein runs export`';

/**
 * Reads a history file.
 * @throws HistoryFileError with the line at fault.
 */
export function readHistoryFile(text: string): HistoryFile {
  const lines = text.split('\n').map((line, index) => ({ number: index + 1, text: line.trim() }));
  const [first, second, ...rest] = lines.filter((line) => line.text !== '');
  const header = headerOf(first);
  const definition = definitionOf(second, header);
  const runEvents: RunEvent[] = [];
  const taskEvents: TaskEvent[] = [];
  for (const line of rest) {
    const json = objectIn(line);
    if ('taskSeq' in json || 'task_seq' in json) taskEvents.push(messageIn(line, json, TaskEventSchema));
    else runEvents.push(runEventIn(line, json, header));
  }
  if (runEvents.length === 0) throw new HistoryFileError(lines.length, 'the history has no events', EXPORT_AGAIN);
  return { header, definition, runEvents, taskEvents };
}

/**
 * Run events in the kernel's terms.
 * @throws UnknownEventError for events that were added after this version.
 */
export function historyOf(events: readonly RunEvent[]): HistoryEvent[] {
  return events.map((event) => ({
    seq: Number(event.seq),
    occurredAtMs: msOfTimestamp(event.occurredAt),
    event: eventFromMessage(event),
  }));
}

interface Line {
  readonly number: number;
  readonly text: string;
}

function headerOf(line: Line | undefined): HistoryHeader {
  const json = line === undefined ? {} : objectIn(line);
  const number = line?.number ?? 1;
  const version = json['skein_history'];
  if (version === undefined) throw new HistoryFileError(number, 'this is no history of a run', EXPORT_AGAIN);
  if (version !== HISTORY_FILE_VERSION) {
    const message = `the history is of format ${JSON.stringify(version)}; this version reads ${HISTORY_FILE_VERSION}`;
    throw new HistoryFileError(number, message, 'read it with the version of Skein that wrote it, or a newer one');
  }
  const textOf = (field: string): string => {
    const text = json[field];
    if (typeof text === 'string' && text !== '') return text;
    throw new HistoryFileError(number, `the header has no ${field}`, EXPORT_AGAIN);
  };
  const workflowVersion = json['workflow_version'];
  if (typeof workflowVersion !== 'number') {
    throw new HistoryFileError(number, 'the header has no workflow_version', EXPORT_AGAIN);
  }
  return {
    skein_history: HISTORY_FILE_VERSION,
    namespace: textOf('namespace'),
    run_id: textOf('run_id'),
    workflow_id: textOf('workflow_id'),
    workflow_version: workflowVersion,
    definition_digest: textOf('definition_digest'),
    task_events: json['task_events'] === true,
  };
}

function definitionOf(line: Line | undefined, header: HistoryHeader): JsonObject {
  if (line === undefined) throw new HistoryFileError(2, 'the history has no definition', EXPORT_AGAIN);
  const definition = objectIn(line);
  if (digestOfObject(definition) === header.definition_digest) return definition;
  const remedy = 'leave the file as it was exported; `skein replay FILE --workflow OTHER` tries another definition';
  throw new HistoryFileError(line.number, 'the definition is not the one that the header names', remedy);
}

function runEventIn(line: Line, json: JsonObject, header: HistoryHeader): RunEvent {
  const event = messageIn(line, json, RunEventSchema);
  if (event.runId === header.run_id && event.namespace === header.namespace) return event;
  throw new HistoryFileError(line.number, 'the event is of another run than the header names', EXPORT_AGAIN);
}

function objectIn(line: Line): JsonObject {
  try {
    const json: unknown = JSON.parse(line.text);
    if (typeof json === 'object' && json !== null && isJsonObject(json as JsonObject)) return json as JsonObject;
  } catch (error) {
    const cause = error instanceof Error ? error : undefined;
    throw new HistoryFileError(line.number, `this is not JSON: ${cause?.message ?? ''}`, EXPORT_AGAIN, { cause });
  }
  throw new HistoryFileError(line.number, 'this is no JSON object', EXPORT_AGAIN);
}

function messageIn<Schema extends typeof RunEventSchema | typeof TaskEventSchema>(
  line: Line,
  json: JsonObject,
  schema: Schema,
) {
  try {
    return fromJson(schema, json as ProtoJson);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new HistoryFileError(line.number, `this is no event: ${message}`, EXPORT_AGAIN, { cause: error });
  }
}
