/** An executor that is told what to keep running, and says of it what a test wants. */
import type { Client } from '@connectrpc/connect';
import {
  AgentProtocol,
  AssignmentState,
  type AgentRegistryService,
  type AssignedInstance,
  type AssignmentService,
} from '@skein/contracts/registry';

export class FakeHost implements AsyncDisposable {
  readonly executorId: string;
  /** What it was told last. */
  assigned: readonly AssignedInstance[] = [];
  /** Resolves when the registry has heard that it takes instances. */
  readonly heard: Promise<void>;
  readonly #heard = Promise.withResolvers<void>();
  /** How it answers to what it is told; undefined: not at all. */
  answer: ((instance: AssignedInstance) => AssignmentState | undefined) | undefined;
  /** Where it registers what runs, at endpoints that it makes up; undefined: nowhere. */
  directory: Client<typeof AgentRegistryService> | undefined;
  /** Instance ids of what it registered, by assignment. */
  readonly registered = new Map<string, string>();
  /** What it says of every instance besides. */
  about: { readonly containerId?: string; readonly notice?: string } = {};
  readonly #client: Client<typeof AssignmentService>;
  readonly #runtimes: readonly string[];
  readonly #over = new AbortController();
  readonly #watching: Promise<void>;

  constructor(client: Client<typeof AssignmentService>, executorId: string, isWilling = true, runtimes = ['process']) {
    this.#client = client;
    this.#runtimes = runtimes;
    this.executorId = executorId;
    this.answer = isWilling ? ({ wanted }) => (wanted ? AssignmentState.RUNNING : AssignmentState.STOPPED) : undefined;
    this.heard = this.#heard.promise;
    this.#watching = this.#watch();
  }

  /** Is not heard of any more, as if it had crashed. */
  async crash(): Promise<void> {
    this.#over.abort();
    await this.#watching;
  }

  async report(assignmentId: string, state: AssignmentState, failure = ''): Promise<void> {
    const { executorId } = this;
    const endpoint = state === AssignmentState.RUNNING ? await this.#register(assignmentId) : '';
    const reports = [{ assignmentId, state, failure, pid: 7n, endpoint, ...this.about }];
    await this.#client.reportAssignments({ executorId, reports });
  }

  async #register(assignmentId: string): Promise<string> {
    const template = this.assigned.find((each) => each.assignmentId === assignmentId)?.template;
    if (this.directory === undefined || template === undefined) return '';
    const { agentId, version } = template;
    const endpoint = `http://127.0.0.1:9/${assignmentId}`;
    const { instanceIds } = await this.directory.registerAgent({
      agentId,
      version,
      endpoints: [endpoint],
      protocol: AgentProtocol.HTTP_PROCESS,
      probe: { disabled: true },
      leaseTtl: { seconds: 60n },
    });
    this.registered.set(assignmentId, instanceIds[0] ?? '');
    return endpoint;
  }

  async leave(): Promise<void> {
    await this.crash();
    await this.#client.reportAssignments({ executorId: this.executorId, leaving: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.crash();
  }

  async #watch(): Promise<void> {
    const { executorId } = this;
    try {
      const request = { executorId, runtimes: [...this.#runtimes], capacity: 100, address: this.executorId };
      for await (const { instances } of this.#client.watchAssignments(request, { signal: this.#over.signal })) {
        this.#heard.resolve();
        this.assigned = instances;
        for (const instance of instances) {
          const state = this.answer?.(instance);
          if (state !== undefined) await this.report(instance.assignmentId, state);
        }
      }
    } catch (error) {
      if (!this.#over.signal.aborted) throw error;
    }
  }
}
