/**
 * Everything that this executor keeps running for deployments.
 *
 * Owns the instances, and what the registry is told of them. Does not own what is wanted: it is told, as a whole each time.
 *
 * I1. What is not wanted any more, or not named any more, stops.
 * I2. The newest status of each instance is reported until the registry has it; older ones are never sent after newer ones.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AssignmentState, type AssignedInstance } from '@skein/contracts/registry';
import { Backoff } from '@skein/lifecycle';
import { hostedSettings } from '../domain/hosted-settings.ts';
import type { HostedDirectory } from './hosted-directory.ts';
import { HostedInstance, type HostedStatus, type HostTimes } from './hosted-instance.ts';
import type { ReadinessPort, Runtime } from './runtime.ts';

/** What a host needs. */
export interface InstanceHostOptions {
  readonly runtime: Runtime;
  readonly readiness: ReadinessPort;
  readonly directory: HostedDirectory;
  readonly times: HostTimes;
  /** Tells the registry. */
  readonly send: (statuses: readonly HostedStatus[]) => Promise<void>;
  readonly onSendFailed: (error: unknown) => void;
  readonly onStatus: (status: HostedStatus) => void;
}

const MAX_REPORTS = 1000;

export class InstanceHost {
  readonly #options: InstanceHostOptions;
  readonly #instances = new Map<string, HostedInstance>();
  readonly #unsent = new Map<string, HostedStatus>();
  readonly #closed = new AbortController();
  #sending: Promise<void> | undefined;

  constructor(options: InstanceHostOptions) {
    this.#options = options;
  }

  /** How each instance is. */
  get statuses(): readonly HostedStatus[] {
    return Array.from(this.#instances.values(), ({ status }) => status);
  }

  /** I1. */
  assign(assigned: readonly AssignedInstance[]): void {
    if (this.#closed.signal.aborted) return;
    const wanted = new Set<string>();
    for (const each of assigned) {
      if (each.wanted) wanted.add(each.assignmentId);
      if (this.#instances.has(each.assignmentId)) continue;
      if (each.wanted) this.#start(each);
      else this.#tell({ ...NOT_RUNNING, assignmentId: each.assignmentId, state: AssignmentState.STOPPED });
    }
    for (const [id, instance] of this.#instances) if (!wanted.has(id)) void instance.stop();
  }

  /** Stops all, each step within `limitMs`; takes no more. */
  async stop(limitMs: number): Promise<void> {
    this.#closed.abort();
    await Promise.all(Array.from(this.#instances.values(), (instance) => instance.stop(limitMs)));
    await this.#sending;
  }

  #start({ assignmentId, namespace, deploymentId, template }: AssignedInstance): void {
    const settings = template === undefined ? undefined : hostedSettings(template);
    if (settings === undefined) {
      const failure = 'this executor is of a version that does not know the runtime';
      this.#tell({ ...NOT_RUNNING, assignmentId, state: AssignmentState.RESTARTING, failure });
      return;
    }
    const key = { namespace, deploymentId, assignmentId };
    const onStatus = (status: HostedStatus) => {
      this.#options.onStatus(status);
      this.#tell(status);
    };
    const instance = new HostedInstance({ ...this.#options, key, settings, onStatus });
    this.#instances.set(assignmentId, instance);
    void instance.done.then(() => this.#instances.delete(assignmentId));
  }

  #tell(status: HostedStatus): void {
    this.#unsent.set(status.assignmentId, status);
    this.#sendSoon();
  }

  #sendSoon(): void {
    // What changes in the same moment goes together.
    this.#sending ??= Promise.resolve()
      .then(() => this.#sendAll())
      .finally(() => {
        this.#sending = undefined;
        // What was told after the last look at it.
        if (this.#unsent.size > 0 && !this.#closed.signal.aborted) this.#sendSoon();
      });
  }

  /** I2. */
  async #sendAll(): Promise<void> {
    const backoff = new Backoff({ initialMs: 50, maxMs: 2000 });
    while (this.#unsent.size > 0) {
      const batch = [...this.#unsent.values()].slice(0, MAX_REPORTS);
      try {
        await this.#options.send(batch);
        for (const status of batch) {
          if (this.#unsent.get(status.assignmentId) === status) this.#unsent.delete(status.assignmentId);
        }
        backoff.reset();
      } catch (error) {
        this.#options.onSendFailed(error);
        // A registry that is away when this stops forgets the executor by itself.
        if (this.#closed.signal.aborted) return;
        await delay(backoff.nextMs(), undefined, { signal: this.#closed.signal }).catch(() => {});
      }
    }
  }
}

const NOT_RUNNING = { endpoint: '', pid: 0, restarts: 0, failure: '', containerId: '', notice: '' } as const;
