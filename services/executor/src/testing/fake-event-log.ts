/** An event-log that keeps what it is given, as often as it is given it. */
import { Code, ConnectError } from '@connectrpc/connect';
import type { TaskEvent } from '@skein/contracts/event';
import { EventService } from '@skein/contracts/eventlog';
import type { TaskRef } from '@skein/contracts/scheduler';
import { bind, type ServiceBinding } from '@skein/rpc';

export class FakeEventLog {
  readonly binding: ServiceBinding;
  readonly events: TaskEvent[] = [];
  /** Appends received, the refused ones too. */
  calls = 0;
  /** Whether appends fail. */
  failing = false;
  /** Which events make an append invalid. */
  refused: (event: TaskEvent) => boolean = () => false;

  constructor() {
    this.binding = bind(EventService, {
      listEvents: () => ({}),
      getRunTimeline: () => ({}),
      async *subscribeEvents() {},
      appendTaskEvents: ({ events }) => {
        this.calls += 1;
        if (events.some((event) => this.refused(event))) throw new ConnectError('not these', Code.InvalidArgument);
        if (this.failing) throw new ConnectError('not now', Code.Unavailable);
        this.events.push(...events);
        return {};
      },
    });
  }

  /** The text stored for a delivery; throws where its pieces do not fit together. */
  textOf(ref: TaskRef): string {
    return joinedText(this.events.filter((event) => isOf(event, ref)));
  }
}

/** Puts deltas together and checks that each begins where the one before it ended. */
export function joinedText(events: readonly TaskEvent[]): string {
  let text = '';
  for (const { event } of events) {
    if (event.case !== 'agentStreamDelta') continue;
    const { offsetBytes } = event.value;
    if (offsetBytes !== BigInt(Buffer.byteLength(text))) throw new Error(`a delta at ${offsetBytes} after ${text}`);
    text += event.value.text;
  }
  return text;
}

export function isOf(event: TaskEvent, ref: TaskRef): boolean {
  const { runId, nodeId, attempt, dispatch } = event;
  return runId === ref.runId && nodeId === ref.nodeId && attempt === ref.attempt && dispatch === ref.dispatch;
}
