import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { TaskEventBatchSchema, TaskEventSchema, type TaskEvent } from '@skein/contracts/event';
import { dispatchKey, type DispatchRef } from './dispatch.ts';
import { runKeyText, type RunKey } from './run-key.ts';

/** Consecutive task events of one dispatch, as they are stored together. */
export interface TaskChunk extends RunKey, DispatchRef {
  /** task_seq of the first event. */
  readonly firstTaskSeq: number;
  /** At least 1. */
  readonly eventCount: number;
  /** A `skein.event.v1.TaskEventBatch`; what the key says of its events is left out of them. */
  readonly body: Uint8Array;
}

/** task_seq of the last event. */
export function lastTaskSeqOf(chunk: Pick<TaskChunk, 'firstTaskSeq' | 'eventCount'>): number {
  return chunk.firstTaskSeq + chunk.eventCount - 1;
}

/** Groups events, in whatever order they come, into as few chunks as possible. Doubles are left out. */
export function chunksOf(events: readonly TaskEvent[]): TaskChunk[] {
  const byDispatch = new Map<string, TaskEvent[]>();
  for (const event of events) {
    const key = `${dispatchKey(event)} ${runKeyText(event)}`;
    const group = byDispatch.get(key);
    if (group === undefined) byDispatch.set(key, [event]);
    else group.push(event);
  }
  return [...byDispatch.values()].flatMap((group) => consecutive(group).map(toChunk));
}

/** The events of a chunk, whole. */
export function taskEventsOf(chunk: TaskChunk): TaskEvent[] {
  const { namespace, runId, nodeId, attempt, dispatch } = chunk;
  return fromBinary(TaskEventBatchSchema, chunk.body).events.map((event, index) =>
    Object.assign(event, {
      namespace,
      runId,
      nodeId,
      attempt,
      dispatch,
      taskSeq: BigInt(chunk.firstTaskSeq + index),
    }),
  );
}

/** Orders the events of one dispatch and cuts them where a number is missing. */
function consecutive(events: readonly TaskEvent[]): TaskEvent[][] {
  const groups: TaskEvent[][] = [];
  let last: bigint | undefined;
  for (const event of events.toSorted((a, b) => Number(a.taskSeq - b.taskSeq))) {
    if (event.taskSeq === last) continue;
    const group = groups.at(-1);
    if (group !== undefined && last !== undefined && event.taskSeq === last + 1n) group.push(event);
    else groups.push([event]);
    last = event.taskSeq;
  }
  return groups;
}

function toChunk(events: readonly TaskEvent[]): TaskChunk {
  const [first = create(TaskEventSchema)] = events;
  const { namespace, runId, nodeId, attempt, dispatch } = first;
  const keyless = { namespace: '', runId: '', nodeId: '', attempt: 0, dispatch: 0, taskSeq: 0n };
  const stripped = events.map((event): TaskEvent => ({ ...event, ...keyless }));
  const body = toBinary(TaskEventBatchSchema, create(TaskEventBatchSchema, { events: stripped }));
  const key = { namespace, runId, nodeId, attempt, dispatch };
  return { ...key, firstTaskSeq: Number(first.taskSeq), eventCount: events.length, body };
}
