import { setTimeout as delay } from 'node:timers/promises';
import { fulfil, type Surroundings } from './client.ts';
import type { Order } from './order.ts';
import { newRecord, type OrderRecord } from './record.ts';

/** Orders under way. */
export interface PlacedOrders {
  /** One for each order, filled as it goes. */
  readonly records: readonly OrderRecord[];
  /** Resolves when every client is done: its run has ended, or the signal has aborted. */
  readonly done: Promise<void>;
}

/** Lets each order begin at its time. */
export function placeOrders(around: Surroundings, orders: readonly Order[], requestPrefix: string): PlacedOrders {
  const records = orders.map((order) => newRecord(order, `${requestPrefix}-${order.id}`));
  const begin = async (record: OrderRecord): Promise<void> => {
    await delay(record.order.atMs, undefined, { signal: around.signal }).catch(() => undefined);
    if (!around.signal.aborted) await fulfil(around, record);
  };
  return { records, done: Promise.all(records.map(begin)).then(() => undefined) };
}
