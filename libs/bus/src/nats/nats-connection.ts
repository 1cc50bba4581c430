import type { Msg, NatsConnection, Subscription } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { BusError } from '../bus-error.ts';
import type { BusState, BusSubscription } from '../event-bus.ts';
import { abortableDelay, unlessAborted, withTimeout } from './waiting.ts';
import type { NatsSettings } from './nats-options.ts';

/** Longest wait for the server to have seen a new subscription. Past it, the next reconnect says what was missed. */
const SUBSCRIBE_TIMEOUT_MS = 1_000;

/**
 * The connection: made in the background, kept for ever.
 *
 * Owns: connecting, the state, plain subscriptions. Does not own: streams, consumers, what the messages mean.
 *
 * Invariants:
 * I1. It is never given up while the bus is open, not even where the server refuses the credentials.
 * I2. A plain subscription opened without a connection is made with the first one; later ones renew it.
 * I3. Reconnect callbacks run after the subscriptions were renewed. The first connection counts as one where
 *     somebody subscribed before it.
 */
export class NatsConnectionKeeper {
  readonly #settings: NatsSettings;
  readonly #closing = new AbortController();
  readonly #reconnectCallbacks = new Set<() => void>();
  readonly #waitingSubscriptions = new Set<(connection: NatsConnection) => void>();
  readonly #made: Promise<NatsConnection | undefined>;
  #connection: NatsConnection | undefined;
  #connected = false;
  #detail: string;

  constructor(settings: NatsSettings) {
    this.#settings = settings;
    this.#detail = `connecting to ${settings.servers.join(', ')}`;
    this.#made = this.#connect();
  }

  /** Aborted when the bus closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The live connection, or nothing while there is none. */
  get live(): NatsConnection | undefined {
    return this.#connected ? this.#connection : undefined;
  }

  state(): BusState {
    return { connected: this.#connected, detail: this.#detail };
  }

  /** The connection once it was made, whether or not it is up right now. Rejects when the bus or the waiting ends first. */
  async made(until: AbortSignal = this.closing): Promise<NatsConnection> {
    const connection = this.#connection ?? (await unlessAborted(this.#made, until));
    if (connection === undefined || this.closing.aborted) throw closedError(this.#settings);
    return connection;
  }

  onReconnect(callback: () => void): () => void {
    const entry = () => callback();
    this.#reconnectCallbacks.add(entry);
    return () => {
      this.#reconnectCallbacks.delete(entry);
    };
  }

  /** Resolves when the server knows of the subscription; without a connection, at once. */
  async subscribe(subject: string, onMessage: (message: Msg) => void): Promise<BusSubscription> {
    if (this.closing.aborted) throw closedError(this.#settings);
    let subscription: Subscription | undefined;
    const open = (connection: NatsConnection) => {
      subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          try {
            if (error) this.#settings.onError(error, subject);
            else onMessage(message);
          } catch (thrown) {
            this.#settings.onError(thrown, subject);
          }
        },
      });
    };
    if (this.#connection === undefined) this.#waitingSubscriptions.add(open);
    else open(this.#connection);
    if (this.live !== undefined) await withTimeout(this.live.flush(), SUBSCRIBE_TIMEOUT_MS).catch(() => {});
    return {
      [Symbol.asyncDispose]: async () => {
        this.#waitingSubscriptions.delete(open);
        subscription?.unsubscribe();
      },
    };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const connection = await this.#made;
    this.#connected = false;
    this.#detail = 'closed';
    if (connection === undefined || connection.isClosed()) return;
    // What was published last is worth a moment, a server that does not answer is not.
    await withTimeout(connection.flush(), SUBSCRIBE_TIMEOUT_MS).catch(() => {});
    await connection.close();
  }

  async #connect(): Promise<NatsConnection | undefined> {
    while (!this.closing.aborted) {
      try {
        const connection = await connect(connectOptions(this.#settings));
        this.#adopt(connection);
        return connection;
      } catch (error) {
        this.#lost(error);
        await abortableDelay(this.#settings.reconnectWaitMs * (1 + Math.random()), this.closing);
      }
    }
    return undefined;
  }

  #adopt(connection: NatsConnection): void {
    this.#connection = connection;
    void this.#watch(connection);
    const waited = this.#waitingSubscriptions.size > 0;
    for (const open of this.#waitingSubscriptions) open(connection);
    this.#waitingSubscriptions.clear();
    this.#restored(waited);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#lost(new Error('the connection broke'));
      else if (status.type === 'reconnect') this.#restored(true);
      else if (status.type === 'error') this.#settings.onError(status.error, 'connection');
    }
  }

  #restored(announce: boolean): void {
    this.#connected = true;
    this.#detail = `connected to ${this.#connection?.getServer() ?? ''}`;
    if (!announce) return;
    for (const callback of this.#reconnectCallbacks) {
      try {
        callback();
      } catch (error) {
        this.#settings.onError(error, 'reconnect callback');
      }
    }
  }

  #lost(cause: unknown): void {
    this.#connected = false;
    const why = cause instanceof Error ? cause.message : String(cause);
    const detail = `no connection to ${this.#settings.servers.join(', ')}: ${why}`;
    // Several attempts a second fail in the same way; once is enough to say so.
    if (detail !== this.#detail) this.#settings.onError(cause, 'connection');
    this.#detail = detail;
  }
}

function closedError(settings: NatsSettings): BusError {
  return new BusError('BUS_CLOSED', 'the bus was closed', settings.servers.join(', '));
}

function connectOptions(settings: NatsSettings) {
  return {
    servers: [...settings.servers],
    name: settings.name,
    ...(settings.credentials && { user: settings.credentials.user, pass: settings.credentials.password }),
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: settings.reconnectWaitMs,
    reconnectJitter: settings.reconnectWaitMs,
    pingInterval: settings.pingIntervalMs,
    maxPingOut: 2,
    timeout: 5_000,
    // A stack trace for every publish costs more than the publish.
    noAsyncTraces: true,
  };
}
