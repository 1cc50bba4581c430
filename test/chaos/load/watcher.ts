import { setTimeout as delay } from 'node:timers/promises';
import type { Surroundings } from './client.ts';
import type { Watched } from './record.ts';

/** Longest silence that a watcher bears; the platform says something at least every 10 s. */
const SILENCE_MS = 15_000;
const PAUSE_MS = 300;

/** Follows a run to its end, from the last cursor on whenever the stream breaks. */
export async function watchRun(around: Surroundings, runId: string): Promise<Watched> {
  const seqs: number[] = [];
  let cursor = '';
  let breaks = 0;
  while (!around.signal.aborted) {
    try {
      for await (const { item, cursor: next } of follow(around, runId, cursor)) {
        cursor = next;
        if (item.case === 'runEvent') seqs.push(Number(item.value.seq));
      }
      return { seqs, breaks, complete: true };
    } catch {
      breaks += 1;
      await delay(PAUSE_MS, undefined, { signal: around.signal }).catch(() => undefined);
    }
  }
  return { seqs, breaks, complete: false };
}

/** One subscription; ends with an error when nothing comes for too long. */
async function* follow({ clients, namespace, signal }: Surroundings, runId: string, cursor: string) {
  const silence = new AbortController();
  const listenAnew = (): NodeJS.Timeout => setTimeout(() => silence.abort(new Error('silence')), SILENCE_MS);
  let timer = listenAnew();
  try {
    const options = { signal: AbortSignal.any([signal, silence.signal]) };
    for await (const response of clients.events.subscribeEvents({ namespace, runId, cursor }, options)) {
      clearTimeout(timer);
      timer = listenAnew();
      yield response;
    }
  } finally {
    clearTimeout(timer);
  }
}
