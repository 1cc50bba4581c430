/** Follows what happens to the containers with a label, for as long as `signal` does not fire, over every outage of the Engine. */
import { setTimeout as delay } from 'node:timers/promises';
import { Backoff } from '@skein/lifecycle';
import type { Engine } from './engine.ts';

/** Told of the Engine. */
export interface EngineObserver {
  /** Once for each outage. */
  engineLost(error: unknown): void;
  engineBack(): void;
}

/** What a watch needs. */
export interface EngineWatchOptions {
  readonly engine: Engine;
  readonly label: string;
  /** From now on nothing is missed; what happened before was not told. */
  readonly onOpen: () => void;
  readonly onEvent: (containerId: string) => void;
  readonly observer: EngineObserver;
  readonly signal: AbortSignal;
}

/** Resolves when `signal` has fired; never rejects. */
export async function watchEngine(options: EngineWatchOptions): Promise<void> {
  const { engine, label, onOpen, onEvent, observer, signal } = options;
  const backoff = new Backoff({ initialMs: 100, maxMs: 2000 });
  let isLost = false;
  while (!signal.aborted) {
    try {
      const events = await engine.events(label, signal);
      if (isLost) observer.engineBack();
      isLost = false;
      backoff.reset();
      onOpen();
      for await (const { Actor } of events) onEvent(Actor.ID);
      throw new Error('the Docker Engine ended the stream of its events');
    } catch (error) {
      if (signal.aborted) return;
      if (!isLost) observer.engineLost(error);
      isLost = true;
    }
    await delay(backoff.nextMs(), undefined, { signal }).catch(() => {});
  }
}
