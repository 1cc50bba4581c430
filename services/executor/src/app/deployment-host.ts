/**
 * Every deployment that this executor looks after as a whole.
 *
 * Owns them, and what the registry is told of them. Does not own what is wanted: it is told, as a whole each time.
 *
 * I1. What is to stop is taken away; what is only not named any more is another executor's, and left as it is.
 */
import { AssignmentState, type AssignedInstance, type InstanceTemplate } from '@skein/contracts/registry';
import type { HostedDirectory } from './hosted-directory.ts';
import { HostedDeployment, type WholeStatus } from './hosted-deployment.ts';
import type { HostTimes } from './hosted-instance.ts';
import type { OwnCalls } from './last-calls.ts';
import { ReportQueue } from './report-queue.ts';
import type { WholeRuntime } from './whole-runtime.ts';

/** A runtime that keeps deployments as a whole, as the template names it. */
export type WholeCase = 'external' | 'inProcess' | 'kubernetes';

/** What a host needs. */
export interface DeploymentHostOptions {
  readonly runtimes: Readonly<Partial<Record<WholeCase, WholeRuntime>>>;
  readonly directory: HostedDirectory;
  readonly times: HostTimes;
  /** Undefined: other executors call instances too. */
  readonly ownCalls: OwnCalls | undefined;
  /** Tells the registry. */
  readonly send: (statuses: readonly WholeStatus[]) => Promise<void>;
  readonly onSendFailed: (error: unknown) => void;
  readonly onStatus: (status: WholeStatus) => void;
}

const WHOLE: ReadonlySet<string | undefined> = new Set<WholeCase>(['external', 'inProcess', 'kubernetes']);

/** Whether an assignment is of a whole deployment. */
export function isWhole({ template }: AssignedInstance): boolean {
  return WHOLE.has(template?.runtime.case);
}

export class DeploymentHost {
  readonly #options: DeploymentHostOptions;
  readonly #reports: ReportQueue<WholeStatus>;
  readonly #deployments = new Map<string, HostedDeployment>();
  #isClosed = false;

  constructor(options: DeploymentHostOptions) {
    this.#options = options;
    this.#reports = new ReportQueue(options);
  }

  /** I1. */
  assign(assigned: readonly AssignedInstance[]): void {
    if (this.#isClosed) return;
    const named = new Set(assigned.map(({ assignmentId }) => assignmentId));
    for (const [id, deployment] of this.#deployments) if (!named.has(id)) this.#end(id, deployment.release());
    for (const each of assigned) {
      const { assignmentId, template, wanted } = each;
      if (template === undefined) continue;
      const known = this.#deployments.get(assignmentId);
      const deployment = known ?? this.#open({ ...each, template });
      if (deployment === undefined) continue;
      if (!wanted) this.#end(assignmentId, deployment.remove());
      else deployment.update({ ...each, template });
    }
  }

  /** Leaves all to others; takes no more. */
  async stop(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(Array.from(this.#deployments.values(), (deployment) => deployment.release()));
    await this.#reports.close();
  }

  #open(assigned: AssignedInstance & { readonly template: InstanceTemplate }): HostedDeployment | undefined {
    const { assignmentId, revision, template, wanted } = assigned;
    const runtime = this.#options.runtimes[template.runtime.case as WholeCase];
    const onStatus = (status: WholeStatus) => {
      this.#options.onStatus(status);
      this.#reports.tell(status);
    };
    if (runtime === undefined) {
      const state = wanted ? AssignmentState.RESTARTING : AssignmentState.STOPPED;
      const failure = `this executor does not have the runtime ${template.runtime.case}`;
      onStatus({ assignmentId, revision, state, endpoints: [], updatedReplicas: 0, failure });
      return undefined;
    }
    const deployment = new HostedDeployment(assigned, { ...this.#options, runtime, onStatus });
    this.#deployments.set(assignmentId, deployment);
    return deployment;
  }

  #end(assignmentId: string, ended: Promise<void>): void {
    void ended.then(() => this.#deployments.delete(assignmentId));
  }
}
