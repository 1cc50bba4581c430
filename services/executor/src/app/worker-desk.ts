/**
 * Everything about workers that dial in, put together.
 *
 * Owns the hub, the pollers and the registrar, and the order in which they stop: what workers have in hand ends before.
 */
import type { WorkerIdentity } from '../domain/worker-address.ts';
import { PolledWorkers } from './polled-workers.ts';
import { WorkerHub } from './worker-hub.ts';
import { WorkerRegistrar, type WorkerDirectory } from './worker-registrar.ts';

/** Times of workers, in milliseconds. */
export interface WorkerTimes {
  /** How often a worker, and this executor for it, says something. */
  readonly heartbeatMs: number;
  /** How long a worker may be away and keep its tasks. */
  readonly resumeMs: number;
  /** Time for which a polled task is handed out, unless it is heard of. */
  readonly leaseMs: number;
}

export const WORKER_TIMES: WorkerTimes = Object.freeze({ heartbeatMs: 10_000, resumeMs: 10_000, leaseMs: 60_000 });

/** Silent heartbeats after which a worker counts as gone, and with which its registration ends. */
const SILENT_BEATS = 3;

/** What a desk is made of. */
export interface WorkerDesk extends AsyncDisposable {
  readonly hub: WorkerHub;
  readonly polled: PolledWorkers;
  readonly registrar: WorkerRegistrar;
}

/** What a desk needs. */
export interface WorkerDeskOptions {
  readonly directory: WorkerDirectory;
  readonly times: WorkerTimes;
  /** Told when a worker is there, for the first time or again. */
  readonly onCome: (identity: WorkerIdentity) => void;
  /** The registry could not be told. */
  readonly onFailed: (error: unknown) => void;
}

export function workerDesk({ directory, times, onCome, onFailed }: WorkerDeskOptions): WorkerDesk {
  const { heartbeatMs, resumeMs, leaseMs } = times;
  const silenceMs = heartbeatMs * SILENT_BEATS;
  const registrar: WorkerRegistrar = new WorkerRegistrar({
    hub: () => hub,
    directory,
    leaseMs: silenceMs,
    beatMs: heartbeatMs,
    onFailed,
  });
  const hub = new WorkerHub({
    resumeMs,
    orphanMs: silenceMs,
    silenceMs,
    onCome,
    onGone: (identity) => registrar.leave(identity),
  });
  const polled = new PolledWorkers({ hub, leaseMs, idleMs: silenceMs });
  return {
    hub,
    polled,
    registrar,
    async [Symbol.asyncDispose]() {
      polled[Symbol.dispose]();
      hub[Symbol.dispose]();
      await registrar[Symbol.asyncDispose]();
    },
  };
}
