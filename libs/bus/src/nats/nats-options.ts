import { defaultRedeliveryBackoff, type RedeliveryBackoff } from '../redelivery-backoff.ts';

/** Settings of the bus over NATS JetStream. */
export interface NatsBusOptions {
  /** Addresses, `HOST:PORT` or `nats://HOST:PORT`; at least one. As one text they are separated by commas. */
  readonly servers: string | readonly string[];
  /** Name of the connection in the server's monitoring. Default `skein`. */
  readonly name?: string;
  /** First token of all subjects, and of the stream's name; lets installations share a server. Default `skein`. */
  readonly subjectPrefix?: string;
  /** User and password. Default: none. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Longest time the stream keeps a batch, in milliseconds; default 24 h, at least 1 s. */
  readonly streamMaxAgeMs?: number;
  /** Most bytes the stream keeps; the oldest go first. Default 256 MiB. */
  readonly streamMaxBytes?: number;
  /** Copies of the stream in a NATS cluster, 1 to 5; default 1. */
  readonly streamReplicas?: number;
  /** Longest wait for the acknowledgement of a publish, in milliseconds; default 2,000. */
  readonly publishTimeoutMs?: number;
  /** A batch that a process took and did not finish goes to another after this long, in milliseconds; default 10,000. */
  readonly ackWaitMs?: number;
  /** Time between heartbeats of an idle consumer, in milliseconds, at least 500; two missing ones mean trouble. Default 2,000. */
  readonly idleHeartbeatMs?: number;
  /** Time between pings of the server, in milliseconds; two unanswered ones break the connection. Default 2,000. */
  readonly pingIntervalMs?: number;
  /** Pause between attempts to connect, in milliseconds, with as much jitter; default 250. */
  readonly reconnectWaitMs?: number;
  /** Default: 100 ms, doubling up to 10 s. */
  readonly redeliveryBackoff?: RedeliveryBackoff;
  /** Told of failures that the bus mends by itself, and of what handlers threw. Default: nobody is. */
  readonly onError?: (error: unknown, place: string) => void;
}

/** The settings with every default filled in. */
export type NatsSettings = Required<Omit<NatsBusOptions, 'credentials' | 'servers'>> &
  Pick<NatsBusOptions, 'credentials'> & { readonly servers: readonly string[] };

/** Fills in the defaults. */
export function natsSettings(options: NatsBusOptions): NatsSettings {
  const given = typeof options.servers === 'string' ? options.servers.split(',') : options.servers;
  const servers = given.map((server) => server.trim()).filter((server) => server !== '');
  if (servers.length === 0) throw new RangeError('the NATS bus needs the address of at least one server');
  return {
    name: 'skein',
    subjectPrefix: 'skein',
    streamMaxAgeMs: 24 * 3_600_000,
    streamMaxBytes: 256 * 1024 * 1024,
    streamReplicas: 1,
    publishTimeoutMs: 2_000,
    ackWaitMs: 10_000,
    idleHeartbeatMs: 2_000,
    pingIntervalMs: 2_000,
    reconnectWaitMs: 250,
    redeliveryBackoff: defaultRedeliveryBackoff,
    onError: () => {},
    ...options,
    servers,
  };
}
