/**
 * The bus: how bytes get from one service to the others, quickly and with no promise that matters.
 *
 * Owns: subjects, delivery, redelivery, reconnection. Does not own: what the bytes mean, and durability. Whoever
 * publishes keeps what it published until somebody confirms having stored it; the bus may lose everything at any
 * moment and nothing is lost by that.
 *
 * Invariants, kept by every adapter (`event-bus.contract.ts` proves them on each):
 * I1. Handlers never run inside the call that published: publishing returns first.
 * I2. An event batch goes to every consumer name, at least once: until a handler has resolved. It comes twice where a
 *     process ended with it in hand, or where the bus lost its memory.
 * I3. Messages of one namespace reach a tail in the order one publisher sent them. Consumers get no order.
 * I4. A subscription that was returned gets everything published after that, as long as the bus is connected.
 * I5. A subscriber that throws harms no other subscriber and no publisher.
 */
export interface EventBus extends AsyncDisposable {
  /** Largest body that can be published. */
  readonly maxPayloadBytes: number;

  /**
   * Hands a batch of run events to the consumers and the tails. Resolves when the bus has taken it. Rejects with
   * a `BusError` after at most the adapter's publish timeout; the batch may have been taken all the same.
   */
  publishEventBatch(batch: OutgoingEventBatch): Promise<void>;

  /**
   * Takes part in the work of a durable consumer. Processes that give the same name share its messages. The
   * handler gets everything that gathered while its last call was under way; when it rejects, its messages are
   * delivered again, each time after a longer pause.
   */
  consumeEventBatches(consumption: EventBatchConsumption): Promise<BusSubscription>;

  /** Sees every event batch at once and at most once, whoever else gets it. */
  tailEventBatches(handler: (message: BusMessage) => void): Promise<BusSubscription>;

  /** Hands task events of one run to whoever watches it right now. At most once; never fails. */
  publishTaskEvents(events: OutgoingTaskEvents): void;

  /** Sees the task events of one run at once and at most once. */
  subscribeTaskEvents(run: RunAddress, handler: (body: Uint8Array) => void): Promise<BusSubscription>;

  /** Tells every process that batches were stored. At most once; never fails. */
  publishConfirmation(body: Uint8Array): void;

  /** Sees every confirmation at once and at most once. */
  subscribeConfirmations(handler: (body: Uint8Array) => void): Promise<BusSubscription>;

  /** Tells whoever waits at a mailbox that something may have come. At most once; never fails. */
  publishMailboxNotice(mailbox: MailboxAddress): void;

  /** Sees the notices of one mailbox at once and at most once. */
  subscribeMailboxNotices(mailbox: MailboxAddress, handler: () => void): Promise<BusSubscription>;

  /** Whether the bus can be reached right now. */
  state(): BusState;

  /**
   * Calls back after each time the connection was restored: whoever tails has missed an unknown number of messages.
   * Returns the function that ends this.
   */
  onReconnect(callback: () => void): () => void;
}

/** A run, as the bus addresses it. */
export interface RunAddress {
  readonly namespace: string;
  readonly runId: string;
}

/** A mailbox of messages between agents, as the bus addresses it. */
export interface MailboxAddress {
  readonly namespace: string;
  readonly mailbox: string;
}

/** A batch of run events on its way out. */
export interface OutgoingEventBatch {
  readonly namespace: string;
  /** For logs; the bus delivers the same id as often as it is published. */
  readonly messageId: string;
  readonly body: Uint8Array;
  readonly headers?: BusHeaders;
}

/** What travels beside a body. */
export interface BusHeaders {
  /** W3C traceparent of the span that published. */
  readonly traceparent?: string;
}

/** A batch of run events, as it arrives. */
export interface BusMessage {
  readonly namespace: string;
  readonly messageId: string;
  readonly body: Uint8Array;
  readonly headers: BusHeaders;
  /** 1 at the first delivery to a consumer; always 1 in a tail. */
  readonly deliveryCount: number;
}

/** How to take part in a consumer. */
export interface EventBatchConsumption {
  /** Name of the durable consumer. */
  readonly consumer: string;
  /** Messages are done when this resolves. Never called with none, never twice at a time. */
  readonly handler: (messages: readonly BusMessage[]) => Promise<void>;
  /** Most messages a call gets; 1 to 10,000, default 512. */
  readonly maxBatchMessages?: number;
  /** Most bytes a call gets, unless one message alone is larger; default 4 MiB. */
  readonly maxBatchBytes?: number;
  /**
   * Time to wait for more before a call that is not full is made, in milliseconds; 0 to 1,000, default 0. For a handler
   * whose calls cost more than its messages and that nobody waits for.
   */
  readonly gatherMs?: number;
}

/** Task events on their way out. */
export interface OutgoingTaskEvents extends RunAddress {
  readonly body: Uint8Array;
}

/** A live subscription. Disposing it ends it, after the handler that is under way. */
export type BusSubscription = AsyncDisposable;

/** Whether the bus can be reached. */
export interface BusState {
  readonly connected: boolean;
  /** For people: where to, or why not. */
  readonly detail: string;
}
