import type { TaskService } from '@skein/contracts/scheduler';
import type { MethodImpl } from '@connectrpc/connect';
import { ExecutorStream } from '../app/executor-stream.ts';
import { requireActive } from '../app/leadership.ts';
import { addressFromMessage, outgoingToMessages, reportFromMessage } from './task-message.ts';
import type { TaskRpcParts } from './task-service.ts';

/** TaskService.Exchange: one executor's stream, for as long as both sides and this scheduler's leadership last. */
export function exchangeRpc(parts: TaskRpcParts): MethodImpl<typeof TaskService.method.exchange> {
  return async function* (requests, { signal }) {
    requireActive(parts.leadership);
    const { dispatcher, engine, leadership, onReportFailed, schedulerId } = parts;
    using stream = new ExecutorStream({
      dispatcher,
      submit: (runId, command) => engine.submit(runId, command),
      onReportFailed,
    });
    leadership.activeSignal.addEventListener('abort', () => stream.suspend(), { signal });
    signal.addEventListener('abort', () => stream[Symbol.dispose]());
    void receive(requests, stream, signal);
    yield { message: { case: 'welcome', value: { schedulerId } } };
    for await (const outgoing of stream.outgoing()) yield* outgoingToMessages(outgoing);
  };
}

async function receive(
  requests: Parameters<MethodImpl<typeof TaskService.method.exchange>>[0],
  stream: ExecutorStream,
  signal: AbortSignal,
): Promise<void> {
  let executorId = '';
  try {
    for await (const { message } of requests) {
      if (signal.aborted) return;
      switch (message.case) {
        case 'hello':
          executorId = message.value.executorId;
          stream.open(executorId, message.value.running.map(addressFromMessage));
          break;
        case 'credits':
          stream.grant(message.value.count);
          break;
        case 'drain':
          stream.drain();
          break;
        case 'reports':
          for (const report of message.value.reports) {
            const received = reportFromMessage(report, executorId);
            if (received !== undefined) stream.report(received);
          }
          break;
        case undefined:
          break;
      }
    }
  } catch {
    // A broken stream ends like a closed one: what it held goes back.
  } finally {
    stream[Symbol.dispose]();
  }
}
