import type { RunEvent, TaskEvent } from '@skein/contracts/event';
import type { PayloadClaim } from '@skein/contracts/type';
import { eventName } from '@skein/events';
import type { Position } from '../domain/position.ts';
import type { RunKey } from '../domain/run-key.ts';
import { HistoryUnavailableError, RunNotFoundError } from './event-log-errors.ts';
import type { RunHistory } from './run-history.ts';
import { RunReader, type PlacedItem } from './run-reader.ts';
import { TaskEventReader, type TaskReaderParts } from './task-event-reader.ts';

/** Most bytes of a page, roughly; one entry alone may be larger. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** Which part of a run's history is wanted. */
export interface ListQuery {
  readonly run: RunKey;
  readonly from: Position;
  /** Empty: all. */
  readonly eventNames: ReadonlySet<string>;
  readonly taskEvents: boolean;
  readonly pageSize: number;
  /** The list reaches at least this seq, unless the page is full before; 0: as far as is known. */
  readonly minSeq: number;
}

/** An entry of a list. */
export type ListEntry =
  | { readonly kind: 'run_event'; readonly event: RunEvent }
  | { readonly kind: 'task_event'; readonly event: TaskEvent };

/** A page of entries. */
export interface ListPage {
  readonly entries: readonly ListEntry[];
  /** Where the next page begins; undefined where nothing more is known at this moment. */
  readonly next: Position | undefined;
}

/** What listing needs. */
export interface ListParts {
  readonly history: RunHistory;
  readonly tasks: TaskReaderParts;
}

/**
 * A page of a run's history, without a gap and, where the run has ended, up to its end.
 * @throws RunNotFoundError
 * @throws HistoryUnavailableError where nothing can be listed because the rest is not here and cannot be asked for.
 */
export async function listRunEvents(parts: ListParts, query: ListQuery): Promise<ListPage> {
  const entries: ListEntry[] = [];
  let last = query.from;
  let bytes = 0;
  const items = walk(parts, query);
  for (;;) {
    const next = await items.next();
    if (next.done === true) {
      if (next.value === 'complete') return { entries, next: undefined };
      if (entries.length > 0) return { entries, next: last };
      throw new HistoryUnavailableError(`what follows in run ${query.run.runId} has not arrived yet`);
    }
    const { item, position } = next.value;
    if (item.kind === 'stream_reset' || !isWanted(query, item)) continue;
    if (entries.length === query.pageSize || (bytes > 0 && bytes >= MAX_PAGE_BYTES)) {
      await items.return('complete');
      return { entries, next: last };
    }
    entries.push(item);
    last = position;
    bytes += roughBytes(item);
  }
}

/** Everything after the query's position. Returns whether that is all there is, as far as anybody knows. */
async function* walk(
  { history, tasks: taskParts }: ListParts,
  { run, from, taskEvents, minSeq }: ListQuery,
): AsyncGenerator<PlacedItem, 'complete' | 'unavailable'> {
  const tasks = taskEvents ? new TaskEventReader(taskParts, run) : undefined;
  const reader = new RunReader(run, from.seq, tasks);
  await tasks?.look();
  if (tasks?.hasStored === true) await reader.resume(history, from);
  for (;;) {
    const records = await history.read(run, reader.seq);
    for (const record of records) yield* reader.read(record);
    if (reader.ended) return 'complete';
    if (records.length > 0) continue;
    const head = await history.head(run);
    // Something may have been stored since it was read.
    if (head !== undefined && head.lastSeq > reader.seq) continue;
    if (head?.ended === true) return 'complete';
    const outcome = await history.catchUp(run, reader.seq);
    if (outcome === 'added') continue;
    if (outcome === 'unknown_run' && head === undefined) throw new RunNotFoundError(run);
    if (reader.seq < minSeq) throw new HistoryUnavailableError(`seq ${minSeq} of run ${run.runId} has not arrived yet`);
    if (tasks !== undefined) yield* reader.placed(tasks.catchUp());
    return outcome === 'unavailable' ? 'unavailable' : 'complete';
  }
}

function isWanted({ eventNames }: ListQuery, { event }: ListEntry): boolean {
  return eventNames.size === 0 || eventNames.has(eventName(event));
}

/** Near enough to keep a page from growing too large: payloads and text are what makes events large. */
function roughBytes(entry: ListEntry): number {
  const { value } = entry.event.event;
  if (value === undefined) return 0;
  let bytes = 100;
  for (const field of Object.values(value) as unknown[]) {
    if (typeof field === 'string') bytes += field.length;
    else if (isObject(field)) bytes += payloadBytes(field);
  }
  return bytes;
}

function payloadBytes(field: object): number {
  const inner = 'value' in field && isObject(field.value) ? field.value : field;
  if (!('json' in inner && inner.json instanceof Uint8Array)) return 0;
  // What was claimed is put back before the page is answered.
  const claim = 'claim' in inner ? (inner.claim as PayloadClaim | undefined) : undefined;
  return claim === undefined ? inner.json.byteLength : Number(claim.sizeBytes);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
