import { randomUUID } from 'node:crypto';
import { create, type JsonObject } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import type { Agent } from '../agent/agent.ts';
import { logToStderr, type LogSink } from '../agent/context.ts';
import { RegisterSchema, WorkerService } from '../gen/skein/worker/v1/worker_service_pb.ts';
import { closeOnSignal } from '../signals.ts';
import { WorkerLoop } from './worker-loop.ts';

/** How an agent dials in. */
export interface WorkOptions {
  /** Base URL of the API. Default: `http://127.0.0.1:8080`. */
  readonly api?: string;
  /** Default: `default`. */
  readonly namespace?: string;
  /** Tasks at once, 1 to 10,000. Default: 10. */
  readonly concurrency?: number;
  /** A word for the agent's role, at most 64 characters. */
  readonly agentType?: string;
  /** Pairs to find it by, at most 64. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Settings that it gets with every task, under those of the node. */
  readonly config?: JsonObject;
  /** How long tasks in hand may take after `close`, in milliseconds. Default: 30,000. */
  readonly graceMs?: number;
  /** Whether SIGINT and SIGTERM close it. Default: true. */
  readonly closeOnSignals?: boolean;
  /** Default: JSON lines on stderr. */
  readonly log?: LogSink;
}

/** An agent that has dialled in, or is about to. */
export interface WorkingAgent extends AsyncDisposable {
  /** Identity of this worker: new each time. */
  readonly workerId: string;
  /** Resolves when it is registered for the first time; rejects like `closed` where it never is. */
  readonly registered: Promise<void>;
  /** Resolves when it has stopped; rejects with a SkeinError where the platform refuses it for good. */
  readonly closed: Promise<void>;
  /** Takes no more tasks, ends those in hand, and leaves. Again: the same. */
  close(): Promise<void>;
}

const MAX_CONCURRENCY = 10_000;
/** A connection that answers no ping for this long is broken; a worker has 10 s to come back. */
const PING_MS = 2_000;

/**
 * Dials in and works until it is closed. It comes back by itself after a broken connection, for as long as it takes, and
 * goes on where it was heard. Throws a RangeError for a concurrency out of bounds.
 */
export function work(agent: Agent, options: WorkOptions = {}): WorkingAgent {
  const { api = 'http://127.0.0.1:8080', concurrency = 10, log = logToStderr } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY) {
    throw new RangeError(`concurrency is an integer from 1 to ${MAX_CONCURRENCY}, not ${concurrency}`);
  }
  const sessionManager = new Http2SessionManager(api, { pingIntervalMs: PING_MS, pingTimeoutMs: PING_MS });
  const transport = createGrpcTransport({ baseUrl: api, sessionManager });
  const loop = new WorkerLoop({
    client: createClient(WorkerService, transport),
    agent,
    concurrency,
    log,
    graceMs: options.graceMs ?? 30_000,
    register: create(RegisterSchema, {
      namespace: options.namespace ?? '',
      workerId: `${agent.card.agentId.slice(0, 64)}.${randomUUID()}`,
      card: agent.card,
      agentType: options.agentType ?? '',
      labels: { ...options.labels },
      ...(options.config === undefined ? {} : { config: options.config }),
    }),
  });
  const close = (): Promise<void> => loop.close();
  const signals = options.closeOnSignals === false ? undefined : closeOnSignal(close);
  const closed = loop.run().finally(() => {
    signals?.[Symbol.dispose]();
    sessionManager.abort();
  });
  // Whoever does not look at these is told by the log.
  closed.catch(() => {});
  return { workerId: loop.workerId, registered: loop.registered, closed, close, [Symbol.asyncDispose]: close };
}
