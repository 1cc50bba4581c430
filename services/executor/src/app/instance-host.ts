/**
 * Everything that this executor keeps running for deployments.
 *
 * Owns the instances, and what the registry is told of them. Does not own what is wanted: it is told, as a whole each time.
 *
 * I1. What is not wanted any more, or not named any more, stops.
 * I2. The newest status of each instance is reported until the registry has it (ReportQueue).
 */
import { AssignmentState, type AssignedInstance } from '@skein/contracts/registry';
import { hostedSettings } from '../domain/hosted-settings.ts';
import type { HostedDirectory } from './hosted-directory.ts';
import { HostedInstance, type HostedStatus, type HostTimes } from './hosted-instance.ts';
import type { OwnCalls } from './last-calls.ts';
import { ReportQueue } from './report-queue.ts';
import type { ReadinessPort, Runtime } from './runtime.ts';

/** What a host needs. */
export interface InstanceHostOptions {
  readonly runtime: Runtime;
  readonly readiness: ReadinessPort;
  readonly directory: HostedDirectory;
  readonly times: HostTimes;
  /** Undefined: other executors call instances too. */
  readonly ownCalls: OwnCalls | undefined;
  /** Tells the registry. */
  readonly send: (statuses: readonly HostedStatus[]) => Promise<void>;
  readonly onSendFailed: (error: unknown) => void;
  readonly onStatus: (status: HostedStatus) => void;
}

export class InstanceHost {
  readonly #options: InstanceHostOptions;
  readonly #instances = new Map<string, HostedInstance>();
  readonly #reports: ReportQueue<HostedStatus>;
  #isClosed = false;

  constructor(options: InstanceHostOptions) {
    this.#options = options;
    this.#reports = new ReportQueue(options);
  }

  /** How each instance is. */
  get statuses(): readonly HostedStatus[] {
    return Array.from(this.#instances.values(), ({ status }) => status);
  }

  /** I1. */
  assign(assigned: readonly AssignedInstance[]): void {
    if (this.#isClosed) return;
    const wanted = new Set<string>();
    for (const each of assigned) {
      if (each.wanted) wanted.add(each.assignmentId);
      if (this.#instances.has(each.assignmentId)) continue;
      if (each.wanted) this.#start(each);
      else this.#reports.tell({ ...NOT_RUNNING, assignmentId: each.assignmentId, state: AssignmentState.STOPPED });
    }
    for (const [id, instance] of this.#instances) if (!wanted.has(id)) void instance.stop();
  }

  /** Stops all, each step within `limitMs`; takes no more. */
  async stop(limitMs: number): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#instances.values(), (instance) => instance.stop(limitMs)));
    await this.#reports.close();
  }

  #start({ assignmentId, namespace, deploymentId, template }: AssignedInstance): void {
    const settings = template === undefined ? undefined : hostedSettings(template);
    if (settings === undefined) {
      const failure = 'this executor is of a version that does not know the runtime';
      this.#reports.tell({ ...NOT_RUNNING, assignmentId, state: AssignmentState.RESTARTING, failure });
      return;
    }
    const key = { namespace, deploymentId, assignmentId };
    const onStatus = (status: HostedStatus) => {
      this.#options.onStatus(status);
      this.#reports.tell(status);
    };
    const instance = new HostedInstance({ ...this.#options, key, settings, onStatus });
    this.#instances.set(assignmentId, instance);
    void instance.done.then(() => this.#instances.delete(assignmentId));
  }
}

const NOT_RUNNING = { endpoint: '', pid: 0, restarts: 0, failure: '', containerId: '', notice: '' } as const;
