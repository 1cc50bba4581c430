import type { MethodImpl } from '@connectrpc/connect';
import type { TaskEvent } from '@skein/contracts/event';
import type { EventService } from '@skein/contracts/eventlog';
import { appendTaskEvents } from '../app/append-task-events.ts';
import { answerFor } from './answer-errors.ts';
import type { EventRpcParts } from './event-service.ts';
import { invalidField, namespaceOf, runIdOf } from './request-fields.ts';

const MAX_EVENTS = 1000;
const MAX_NUMBER = 2 ** 31 - 1;
const MAX_NODE_ID_CHARS = 256;
const MAX_TEXT_BYTES = 256 * 1024;

/** EventService.AppendTaskEvents. */
export function appendTaskEventsRpc(parts: EventRpcParts): MethodImpl<typeof EventService.method.appendTaskEvents> {
  return async ({ events }) => {
    using _call = parts.calls.enter();
    try {
      if (events.length > MAX_EVENTS) throw invalidField('events', `give at most ${MAX_EVENTS}`);
      await appendTaskEvents(parts, events.map(checked));
      return {};
    } catch (error) {
      throw answerFor(error, 'EventService/AppendTaskEvents', parts.onDefect);
    }
  };
}

/** The event with its run in full. A copy: the message belongs to whoever called. */
function checked(event: TaskEvent, index: number): TaskEvent {
  const at = (field: string) => `events[${index}].${field}`;
  const namespace = namespaceOf(event.namespace, at('namespace'));
  const runId = runIdOf(event.runId, at('run_id'));
  const { nodeId, attempt, dispatch, taskSeq } = event;
  if (nodeId === '' || nodeId.length > MAX_NODE_ID_CHARS || nodeId.includes('\0')) {
    throw invalidField(at('node_id'), `give 1 to ${MAX_NODE_ID_CHARS} characters without U+0000`);
  }
  if (attempt < 1 || attempt > MAX_NUMBER) throw invalidField(at('attempt'), 'give 1 or more');
  if (dispatch < 1 || dispatch > MAX_NUMBER) throw invalidField(at('dispatch'), 'give 1 or more');
  if (taskSeq < 1n || taskSeq > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidField(at('task_seq'), 'give 1 or more');
  if (event.event.case === 'agentStreamDelta' && Buffer.byteLength(event.event.value.text) > MAX_TEXT_BYTES) {
    throw invalidField(at('agent_stream_delta.text'), `give at most ${MAX_TEXT_BYTES} bytes`);
  }
  return { ...event, namespace, runId };
}
