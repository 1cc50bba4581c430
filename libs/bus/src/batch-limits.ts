import type { BatchLimits } from './delivery-queue.ts';
import type { EventBatchConsumption } from './event-bus.ts';

/** The limits of a consumption, with the documented defaults. */
export function batchLimitsOf(consumption: EventBatchConsumption): BatchLimits {
  const maxMessages = consumption.maxBatchMessages ?? 512;
  const maxBytes = consumption.maxBatchBytes ?? 4 * 1024 * 1024;
  if (!Number.isInteger(maxMessages) || maxMessages < 1 || maxMessages > 10_000) {
    throw new RangeError(`maxBatchMessages must be 1 to 10,000, not ${maxMessages}`);
  }
  if (!(maxBytes >= 1)) throw new RangeError(`maxBatchBytes must be at least 1, not ${maxBytes}`);
  const gatherMs = consumption.gatherMs ?? 0;
  if (!(gatherMs >= 0 && gatherMs <= 1000)) throw new RangeError(`gatherMs must be 0 to 1,000, not ${gatherMs}`);
  return { maxMessages, maxBytes, gatherMs };
}
