import type { EventEntry } from '@skein/contracts/eventlog';
import { msOfTimestamp } from '@skein/events';
import { runEventItem, taskEventItem, type EventItem } from './event-item.ts';

/** An event in the words of the Go orchestrator. */
export interface OrchestratorEvent {
  /** The same at every reading. */
  readonly event_id: string;
  readonly run_id: string;
  /** Milliseconds since 1970. */
  readonly ts: number;
  readonly type: string;
  readonly payload: unknown;
}

type Entry = Extract<EventEntry['entry'], { case: string }>;

/** A run event or a task event in the words of the Go orchestrator. */
export function orchestratorEvent({ case: kind, value }: Entry): OrchestratorEvent {
  const ts = msOfTimestamp(value.occurredAt);
  if (kind === 'runEvent') return shown(value.runId, String(value.seq), ts, runEventItem(value));
  const { runId, nodeId, attempt, dispatch, taskSeq } = value;
  return shown(runId, [nodeId, attempt, dispatch, taskSeq].join('/'), ts, taskEventItem(value));
}

function shown(runId: string, position: string, ts: number, { type, json }: EventItem): OrchestratorEvent {
  return { event_id: `${runId}/${position}`, run_id: runId, ts, type, payload: json['payload'] };
}
