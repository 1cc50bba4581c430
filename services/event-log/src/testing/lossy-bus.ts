import { createMemoryBus, type BusMessage, type EventBus } from '@skein/bus';

/** What a bus loses on its way, decided message by message. */
export interface Losses {
  /** Whether a tail misses this batch. */
  tail(): boolean;
  /** Whether followers miss these task events. */
  taskEvents(): boolean;
  /** Whether those who wait at a mailbox miss this notice. Default: they do not. */
  mailboxNotices?(): boolean;
}

/** A bus in memory that loses what plain subscriptions may lose, and says on demand that it was away. */
export interface LossyBus extends EventBus {
  readonly losses: Losses;
  reconnect(): void;
}

/** Loses nothing until `losses` says so. */
export function lossyBus(losses: Losses = { tail: () => false, taskEvents: () => false }): LossyBus {
  const bus = createMemoryBus({ redeliveryBackoff: { initialMs: 1, maxMs: 2 } });
  const callbacks = new Set<() => void>();
  return {
    losses,
    maxPayloadBytes: bus.maxPayloadBytes,
    publishEventBatch: (batch) => bus.publishEventBatch(batch),
    consumeEventBatches: (consumption) => bus.consumeEventBatches(consumption),
    tailEventBatches: (handler) =>
      bus.tailEventBatches((message: BusMessage) => {
        if (!losses.tail()) handler(message);
      }),
    publishTaskEvents: (events) => {
      if (!losses.taskEvents()) bus.publishTaskEvents(events);
    },
    subscribeTaskEvents: (run, handler) => bus.subscribeTaskEvents(run, handler),
    publishConfirmation: (body) => bus.publishConfirmation(body),
    subscribeConfirmations: (handler) => bus.subscribeConfirmations(handler),
    publishMailboxNotice(mailbox) {
      if (!losses.mailboxNotices?.()) bus.publishMailboxNotice(mailbox);
    },
    subscribeMailboxNotices: (mailbox, handler) => bus.subscribeMailboxNotices(mailbox, handler),
    state: () => bus.state(),
    onReconnect(callback) {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    reconnect() {
      for (const callback of callbacks) callback();
    },
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}
