/**
 * Event streams and sockets that last longer than a request.
 *
 * Owns the knowledge of which are open. A stop tells them all at once, and each says goodbye in its own protocol.
 */
import { metrics } from '@opentelemetry/api';

/** What kinds there are, for the metric. */
export type StreamKind = 'sse' | 'websocket' | 'rpc';

/** The open streams of a gateway. */
export class OpenStreams {
  readonly #stopping = new AbortController();
  readonly #gauge = metrics.getMeter('skein.gateway').createUpDownCounter('gateway_open_streams', {
    description: 'Event streams, sockets and streaming calls that are open now',
  });

  /** Fires when the gateway stops. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Counts a stream for as long as the result is not disposed. */
  open(kind: StreamKind): Disposable {
    this.#gauge.add(1, { kind });
    return { [Symbol.dispose]: () => this.#gauge.add(-1, { kind }) };
  }

  /** Asks every stream to end. */
  stop(): void {
    this.#stopping.abort();
  }
}
