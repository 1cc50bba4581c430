import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '@skein/rpc';
import type { Surroundings } from './client.ts';
import { persist } from './patience.ts';
import type { OrderRecord } from './record.ts';
import { ANSWER_MS, patienceOf } from './steer.ts';

/** The platform itself waits as long for the last events to be confirmed. */
const DELETE_MS = ANSWER_MS + 3000;
const PAUSE_MS = 200;

/** Deletes a run that has ended, and asks again until it is gone. Child runs may be open for a moment longer than it. */
export async function remove(around: Surroundings, record: OrderRecord, runId: string): Promise<void> {
  const { clients, namespace, signal } = around;
  const patience = { ...patienceOf(around, record), timeoutMs: DELETE_MS };
  record.deletion = { askedAtMs: Date.now(), answeredAtMs: undefined };
  for (;;) {
    try {
      await persist((options) => clients.runs.deleteRun({ namespace, runId }, options), patience);
      break;
    } catch (error) {
      // An earlier request has done it, and was not answered.
      if (reasonOf(error) === 'RUN_NOT_FOUND') break;
      if (reasonOf(error) !== 'RUN_NOT_DELETABLE') throw error;
      await delay(PAUSE_MS, undefined, { signal });
    }
  }
  record.deletion.answeredAtMs = Date.now();
}
