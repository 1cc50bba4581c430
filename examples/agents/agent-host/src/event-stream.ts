import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { JsonObject } from './json.ts';

/** Server-sent events on their way to one client. */
export interface EventStream {
  /** Sends one event and waits while the client's buffer is full. Throws the signal's reason once the client is gone. */
  send(event: string, data: JsonObject): Promise<void>;
  /** Ends the stream. */
  end(): void;
}

/** Answers a request with an event stream; `signal` tells that the client is gone. */
export function openEventStream(response: ServerResponse, signal: AbortSignal): EventStream {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  return {
    async send(event, data) {
      signal.throwIfAborted();
      if (response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) return;
      await once(response, 'drain', { signal });
    },
    end: () => void response.end(),
  };
}
