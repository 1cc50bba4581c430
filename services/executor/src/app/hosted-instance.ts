/**
 * Keeps one instance running until it is stopped.
 *
 * Owns its life: started, asked until it is ready, registered, watched, started again when it ends. Does not own how it
 * runs (the runtime) nor who wants it.
 *
 * H1. It is registered only while it is ready: routes never lead to one that has not answered yet.
 * H2. To stop: out of the routes, then the calls under way, then SIGTERM, then SIGKILL. One that ends meanwhile is gone.
 * H3. Every end leads to a new start, after a wait that doubles, for as long as it is wanted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AssignmentState } from '@skein/contracts/registry';
import { backoffMs } from '@skein/lifecycle';
import type { HostedSettings } from '../domain/hosted-settings.ts';
import type { HostedDirectory } from './hosted-directory.ts';
import { afterLastCall, type OwnCalls } from './last-calls.ts';
import type { HostedKey, ReadinessPort, Runtime, StartedInstance } from './runtime.ts';

/** How an instance is, for the registry. */
export interface HostedStatus {
  readonly assignmentId: string;
  readonly state: AssignmentState;
  readonly endpoint: string;
  readonly pid: number;
  readonly restarts: number;
  readonly failure: string;
  readonly containerId: string;
  readonly notice: string;
}

/** Times that are the same for all instances, in milliseconds. */
export interface HostTimes {
  /** An instance that this executor is silent about for so long is forgotten by the registry. */
  readonly leaseMs: number;
  readonly beatMs: number;
  /** Time until every executor has heard that an instance gets no more calls, and has told which it has under way. */
  readonly settleMs: number;
}

export const HOST_TIMES: HostTimes = Object.freeze({ leaseMs: 30_000, beatMs: 10_000, settleMs: 3500 });

/** What an instance needs. */
export interface HostedInstanceOptions {
  readonly key: HostedKey;
  readonly settings: HostedSettings;
  readonly runtime: Runtime;
  readonly readiness: ReadinessPort;
  readonly directory: HostedDirectory;
  readonly times: HostTimes;
  /** Undefined: other executors call instances too. */
  readonly ownCalls: OwnCalls | undefined;
  readonly onStatus: (status: HostedStatus) => void;
}

/** Until an instance is ready. */
const STARTING_INTERVAL_MS = 100;

export class HostedInstance {
  readonly #options: HostedInstanceOptions;
  readonly #stopping = new AbortController();
  #stopLimitMs = Infinity;
  #state: AssignmentState = AssignmentState.STARTING;
  #endpoint = '';
  #pid = 0;
  #containerId = '';
  #notice = '';
  #restarts = 0;
  #failure = '';
  /** Resolves when it has stopped. */
  readonly done: Promise<void>;

  constructor(options: HostedInstanceOptions) {
    this.#options = options;
    this.done = this.#keepRunning();
  }

  get status(): HostedStatus {
    const { assignmentId } = this.#options.key;
    return {
      assignmentId,
      state: this.#state,
      endpoint: this.#endpoint,
      pid: this.#pid,
      restarts: this.#restarts,
      failure: this.#failure,
      containerId: this.#containerId,
      notice: this.#notice,
    };
  }

  /** Stops it, each step within `limitMs` where that is less than its own stop timeout. Repeatable. */
  stop(limitMs = Infinity): Promise<void> {
    this.#stopLimitMs = Math.min(this.#stopLimitMs, limitMs);
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort();
      this.#become(AssignmentState.STOPPING);
    }
    return this.done;
  }

  async #keepRunning(): Promise<void> {
    const { settings } = this.#options;
    const { signal } = this.#stopping;
    let attempt = 0;
    while (!signal.aborted) {
      this.#become(AssignmentState.STARTING);
      const { failure, readyForMs } = await this.#runOnce();
      this.#endpoint = '';
      this.#pid = 0;
      this.#containerId = '';
      if (signal.aborted) break;
      this.#failure = failure;
      this.#become(AssignmentState.RESTARTING);
      if (readyForMs >= settings.resetAfterMs && readyForMs > 0) attempt = 0;
      await delay(backoffMs(attempt, settings.backoff, Math.random), undefined, { signal }).catch(() => {});
      attempt += 1;
      this.#restarts += 1;
    }
    this.#become(AssignmentState.STOPPED);
  }

  /** From its start to its end; never rejects. */
  async #runOnce(): Promise<{ readonly failure: string; readonly readyForMs: number }> {
    const { runtime, key, settings } = this.#options;
    let started: StartedInstance;
    try {
      started = await runtime.start({ key, settings, signal: this.#stopping.signal });
    } catch (error) {
      return { failure: textOf(error), readyForMs: 0 };
    }
    this.#pid = started.pid;
    this.#containerId = started.containerId;
    this.#notice = started.notice;
    this.#endpoint = this.#endpointOf(started.address);
    this.#become(this.#state);
    const over = new AbortController();
    let end: string | undefined;
    const ended = (async () => {
      end = await started.ended;
      over.abort();
    })();
    const signal = AbortSignal.any([over.signal, this.#stopping.signal]);
    let failure: string | undefined;
    let readySinceMs: number | undefined;
    try {
      failure = await this.#untilReady(started, signal);
      if (failure === undefined && !signal.aborted) {
        readySinceMs = performance.now();
        failure = await this.#serve(started, signal, over.signal);
      }
      if (failure !== undefined) {
        // Its end may take long; it is no instance to count on from now on.
        this.#failure = failure;
        this.#become(AssignmentState.RESTARTING);
      }
    } finally {
      await started.stop(Math.min(settings.stopTimeoutMs, this.#stopLimitMs));
      await ended;
    }
    const readyForMs = readySinceMs === undefined ? 0 : performance.now() - readySinceMs;
    return { failure: failure === undefined ? (end ?? '') : `${failure}; ${end ?? ''}`, readyForMs };
  }

  /** Undefined: it is ready, or `signal` fired. */
  async #untilReady({ address }: StartedInstance, signal: AbortSignal): Promise<string | undefined> {
    const { settings } = this.#options;
    const deadlineMs = performance.now() + settings.startTimeoutMs;
    while (!signal.aborted) {
      const fault = await this.#fault(address, signal);
      if (fault === undefined || signal.aborted) return undefined;
      if (performance.now() >= deadlineMs) return `not ready within ${settings.startTimeoutMs} ms: ${fault}`;
      await delay(STARTING_INTERVAL_MS, undefined, { signal }).catch(() => {});
    }
    return undefined;
  }

  /** Registered and watched until `signal` fires or it does not answer any more: then it says why. `ended`: it is gone. */
  async #serve({ address }: StartedInstance, signal: AbortSignal, ended: AbortSignal): Promise<string | undefined> {
    const { settings, directory, key, times } = this.#options;
    const over = new AbortController();
    const registered = directory.keepRegistered(
      { ...key, settings, endpoint: this.#endpoint, times, onRegistered: () => this.#ready() },
      AbortSignal.any([signal, over.signal]),
    );
    let faults = 0;
    let fault: string | undefined;
    while (!signal.aborted && faults < settings.unhealthyThreshold) {
      await delay(settings.healthIntervalMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      fault = await this.#fault(address, signal);
      faults = fault === undefined ? 0 : faults + 1;
    }
    over.abort();
    const instanceId = await registered;
    if (instanceId !== undefined) await this.#unregister(instanceId, ended);
    return signal.aborted ? undefined : `does not answer any more: ${fault ?? ''}`;
  }

  /** H2; an instance that has ended, or does not answer, has no calls to wait for. */
  async #unregister(instanceId: string, ended: AbortSignal): Promise<void> {
    const { directory, key, settings, times, ownCalls } = this.#options;
    const instance = { namespace: key.namespace, agentId: settings.agentId, instanceId };
    if (this.#stopping.signal.aborted && this.#stopLimitMs > 0 && !ended.aborted) {
      await directory.drain(instance);
      const limitMs = Math.min(settings.stopTimeoutMs, this.#stopLimitMs);
      await afterLastCall(instance, { directory, ownCalls, settleMs: times.settleMs, limitMs, signal: ended });
    }
    await directory.remove(instance);
  }

  async #fault(address: string, signal: AbortSignal): Promise<string | undefined> {
    const { readiness, settings } = this.#options;
    try {
      await readiness.check(
        address,
        settings,
        AbortSignal.any([signal, AbortSignal.timeout(settings.healthTimeoutMs)]),
      );
      return undefined;
    } catch (error) {
      return textOf(error);
    }
  }

  #ready(): void {
    if (!this.#stopping.signal.aborted) this.#become(AssignmentState.RUNNING);
  }

  #endpointOf(address: string): string {
    return this.#options.directory.endpointOf(this.#options.settings.protocol, address);
  }

  #become(state: AssignmentState): void {
    // What is to stop is not said to start again.
    const isStopping = this.#stopping.signal.aborted && state !== AssignmentState.STOPPED;
    this.#state = isStopping ? AssignmentState.STOPPING : state;
    this.#options.onStatus(this.status);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
