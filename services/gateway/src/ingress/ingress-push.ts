/**
 * Hands the events of runs with a session to an ingress: `POST {url}/internal/send {session_id, event}`, each event
 * in the words of the Go orchestrator.
 *
 * Owns which runs are being pushed. Does not own the events: it reads them like any other follower.
 *
 * N1. The events of one run are sent in order, the next one after the one before was accepted.
 * N2. An event that is not accepted is sent again, with pauses that grow; after MAX_TRIES the run is given up, which
 *     the log says. An ingress must bear an event twice: `event_id` tells.
 * N3. Only what this process started is pushed, and only while it lives: the history keeps everything all the same.
 */
import type { Client } from '@connectrpc/connect';
import type { EventService } from '@skein/contracts/eventlog';
import { Backoff } from '@skein/lifecycle';
import type { Logger } from 'pino';
import { setTimeout as pause } from 'node:timers/promises';
import { orchestratorEvent } from '../presentation/orchestrator-event.ts';

/** What is needed to push. */
export interface IngressPushOptions {
  /** Base URL of the ingress. */
  readonly url: string;
  readonly events: Client<typeof EventService>;
  readonly logger: Logger;
}

/** A run whose events an ingress wants. */
export interface PushedRun {
  readonly namespace: string;
  readonly runId: string;
  readonly sessionId: string;
}

const SEND_TIMEOUT_MS = 5000;
const MAX_TRIES = 10;
const PAUSES = { initialMs: 50, maxMs: 5000, jitter: 0.2 };

/** The ingress refused an event, or was away, too often. */
class NotAcceptedError extends Error {
  constructor(url: string, cause: unknown) {
    super(`${url} did not accept an event in ${MAX_TRIES} tries`, { cause });
    this.name = 'NotAcceptedError';
  }
}

/** The pushes of one gateway. */
export class IngressPush implements AsyncDisposable {
  readonly #options: IngressPushOptions;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: IngressPushOptions) {
    this.#options = options;
  }

  /** Pushes a run's events until it has ended. Dispose the result when the run did not come to be. */
  follow(run: PushedRun): Disposable {
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, this.#stopping.signal]);
    const pushing = this.#push(run, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      this.#options.logger.warn({ err: error, run_id: run.runId }, 'the ingress does not get the events of this run');
    });
    this.#running.add(pushing);
    void pushing.finally(() => {
      this.#running.delete(pushing);
      left.abort();
    });
    return { [Symbol.dispose]: () => left.abort() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  /** Follows the run; a history that breaks off, or does not know the run yet, is asked again from where it was. */
  async #push({ namespace, runId, sessionId }: PushedRun, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(PAUSES);
    let cursor = '';
    for (;;) {
      try {
        const request = { namespace, runId, cursor, includeTaskEvents: true };
        for await (const { item, cursor: reached } of this.#options.events.subscribeEvents(request, { signal })) {
          if (item.case !== 'runEvent' && item.case !== 'taskEvent') continue;
          await this.#send(JSON.stringify({ session_id: sessionId, event: orchestratorEvent(item) }), signal);
          cursor = reached;
          backoff.reset();
        }
        return;
      } catch (error) {
        if (signal.aborted || error instanceof NotAcceptedError || backoff.attempt === MAX_TRIES) throw error;
        await pause(backoff.nextMs(), undefined, { signal });
      }
    }
  }

  async #send(body: string, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff(PAUSES);
    for (let tries = 1; ; tries += 1) {
      const problem = await this.#trySend(body, signal);
      if (problem === undefined) return;
      if (tries === MAX_TRIES) throw new NotAcceptedError(this.#options.url, problem);
      await pause(backoff.nextMs(), undefined, { signal });
    }
  }

  /** One try; answers what went wrong. */
  async #trySend(body: string, signal: AbortSignal): Promise<unknown> {
    try {
      const response = await fetch(new URL('/internal/send', this.#options.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : new Error(`status ${response.status}`);
    } catch (error) {
      signal.throwIfAborted();
      return error;
    }
  }
}
