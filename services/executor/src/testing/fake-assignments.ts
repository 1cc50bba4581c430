/** What a test has an executor keep running, and what it says of it. */
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AssignedInstanceSchema,
  AssignmentService,
  InstanceTemplateSchema,
  type AssignedInstance,
  type AssignmentReport,
  type RequestInstanceRequest,
  type WatchAssignmentsRequest,
} from '@skein/contracts/registry';
import { bind, type ServiceBinding } from '@skein/rpc';
import { MessageQueue } from '../app/message-queue.ts';

export class FakeAssignments {
  readonly binding: ServiceBinding;
  /** The newest report of each assignment. */
  readonly reports = new Map<string, AssignmentReport>();
  /** Every report, in the order of arrival. */
  readonly told: AssignmentReport[] = [];
  readonly watches: WatchAssignmentsRequest[] = [];
  hasLeft = false;
  /** Deployments that start instances of an agent when one is asked for, by agent. */
  readonly sleeping = new Map<string, string[]>();
  /** Deployments that keep instances of an agent running, by agent. */
  readonly keeping = new Map<string, string[]>();
  readonly requests: RequestInstanceRequest[] = [];
  /** Executors that are gone. */
  readonly gone = new Set<string>();
  readonly #assigned = new Map<string, AssignedInstance>();
  readonly #open = new Set<MessageQueue<{ instances: AssignedInstance[] }>>();

  constructor() {
    this.binding = bind(AssignmentService, {
      watchAssignments: (request, { signal }) => this.#watch(request, signal),
      reportAssignments: ({ reports, leaving }) => {
        for (const report of reports) {
          this.told.push(report);
          this.reports.set(report.assignmentId, report);
        }
        this.hasLeft ||= leaving;
        return {};
      },
      requestInstance: (request) => {
        this.requests.push(request);
        const keptDeploymentIds = this.keeping.get(request.agentId) ?? [];
        return { deploymentIds: this.sleeping.get(request.agentId) ?? [], keptDeploymentIds };
      },
      findGoneExecutors: ({ executorIds }) => ({ executorIds: executorIds.filter((id) => this.gone.has(id)) }),
    });
  }

  assign(
    assignmentId: string,
    template: MessageInitShape<typeof InstanceTemplateSchema>,
    wanted = true,
    about: MessageInitShape<typeof AssignedInstanceSchema> = {},
  ): void {
    const made = create(InstanceTemplateSchema, template);
    const key = { assignmentId, namespace: 'default', deploymentId: 'd' };
    this.#assigned.set(
      assignmentId,
      create(AssignedInstanceSchema, { revision: 1n, replicas: 1, ...about, ...key, template: made, wanted }),
    );
    this.#tell();
  }

  /** It is given to another executor. */
  forget(assignmentId: string): void {
    this.#assigned.delete(assignmentId);
    this.#tell();
  }

  /** It is to stop. */
  unwant(assignmentId: string): void {
    const assigned = this.#assigned.get(assignmentId);
    if (assigned !== undefined) this.#assigned.set(assignmentId, { ...assigned, wanted: false });
    this.#tell();
  }

  #tell(): void {
    for (const watch of this.#open) watch.push({ instances: [...this.#assigned.values()] });
  }

  async *#watch(request: WatchAssignmentsRequest, signal: AbortSignal) {
    const watch = new MessageQueue<{ instances: AssignedInstance[] }>();
    this.watches.push(request);
    this.#open.add(watch);
    signal.addEventListener('abort', () => watch.end());
    watch.push({ instances: [...this.#assigned.values()] });
    try {
      yield* watch;
    } finally {
      this.#open.delete(watch);
    }
  }
}
