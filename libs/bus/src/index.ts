export { BusError, type BusErrorReason } from './bus-error.ts';
export type {
  BusHeaders,
  BusMessage,
  BusState,
  BusSubscription,
  EventBatchConsumption,
  EventBus,
  MailboxAddress,
  OutgoingEventBatch,
  OutgoingTaskEvents,
  RunAddress,
} from './event-bus.ts';
export { createMemoryBus, type MemoryBusOptions } from './memory/memory-bus.ts';
export type { RedeliveryBackoff } from './redelivery-backoff.ts';
export { createNatsBus } from './nats/nats-bus.ts';
export type { NatsBusOptions } from './nats/nats-options.ts';
