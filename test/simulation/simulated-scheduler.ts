import type { MessageInitShape } from '@bufbuild/protobuf';
import type { HandlerContext } from '@connectrpc/connect';
import type { ExchangeRequest, ExchangeResponseSchema, TaskRef } from '@skein/contracts/scheduler';
import { needsDispatch } from '@skein/domain';
import { awaitRun } from '../../services/scheduler/src/app/await-run.ts';
import { cancelRun } from '../../services/scheduler/src/app/cancel-run.ts';
import type { SchedulerObserver } from '../../services/scheduler/src/app/engine-observer.ts';
import { requireActive } from '../../services/scheduler/src/app/leadership.ts';
import { PlanCache } from '../../services/scheduler/src/app/plan-cache.ts';
import { foldHistory } from '../../services/scheduler/src/app/run-history.ts';
import { SchedulerCore } from '../../services/scheduler/src/app/scheduler-core.ts';
import { startRun, type StartRequest } from '../../services/scheduler/src/app/start-run.ts';
import type { RunStore } from '../../services/scheduler/src/app/run-store.ts';
import type { WorkflowStore } from '../../services/scheduler/src/app/workflow-store.ts';
import { exchangeRpc } from '../../services/scheduler/src/rpc/exchange.ts';
import type { HistorySide } from './history-side.ts';
import { type LeaseOffice, SimulatedLeadership } from './lease-office.ts';
import { StoreFault, StoreLink } from './store-link.ts';
import { EPOCH_MS, Life, never, wayMs, type Ids, type Surroundings } from './surroundings.ts';

/** What all schedulers of a world share. */
export interface SharedByAll {
  readonly store: RunStore;
  readonly workflows: WorkflowStore;
  readonly history: HistorySide;
  readonly office: LeaseOffice;
  readonly ids: Ids;
}

type Response = MessageInitShape<typeof ExchangeResponseSchema>;

/** One life of a scheduler: the real parts, wired as the service wires them. */
export class SimulatedScheduler {
  readonly address: string;
  readonly life: Life;
  readonly core: SchedulerCore;
  readonly leadership: SimulatedLeadership;
  readonly #surroundings: Surroundings;
  readonly #sharedStore: RunStore;
  readonly #store: RunStore;
  readonly #plans: PlanCache;
  #clockOffsetMs = 0;

  constructor(surroundings: Surroundings, shared: SharedByAll, address: string, lifeName: string) {
    this.address = address;
    this.life = new Life(lifeName);
    this.#surroundings = surroundings;
    this.#sharedStore = shared.store;
    this.#store = new StoreLink(shared.store, this.life, surroundings);
    this.#plans = new PlanCache(shared.workflows);
    this.core = new SchedulerCore({
      store: this.#store,
      plans: this.#plans,
      carrier: shared.history.carrierOf(this.life),
      observer: this.#observer(),
      isActive: () => this.leadership.isActive,
      newCommitId: () => shared.ids.next(),
      nowMs: () => EPOCH_MS + surroundings.time.nowMs + this.#clockOffsetMs,
      random: () => surroundings.random.next(),
    });
    shared.history.subscribe(this.life, (body) => this.core.outbox.confirm(body));
    const parts = { office: shared.office, life: this.life, surroundings };
    this.leadership = new SimulatedLeadership(parts, address, (continued) => this.core.becomeActive(continued));
    this.core.keeper.start();
  }

  /** The machine's clock is set to another time. */
  jumpClock(byMs: number): void {
    this.#clockOffsetMs = byMs;
  }

  startRun(request: StartRequest) {
    const agents = { missing: async () => [] };
    const dependencies = { engine: this.core.engine, plans: this.#plans, store: this.#store, agents };
    return this.#answer(() => startRun(dependencies, request));
  }

  awaitRun(namespace: string, runId: string, timeoutMs: number) {
    const dependencies = this.#findRunDependencies();
    return this.#answer(() => awaitRun(dependencies, namespace, runId, timeoutMs, this.life.signal));
  }

  cancelRun(namespace: string, runId: string) {
    return this.#answer(() => cancelRun(this.#findRunDependencies(), namespace, runId, 'changed my mind'));
  }

  /** TaskService.Exchange, with every task that goes out checked against what this scheduler knows. */
  async *exchange(requests: AsyncIterable<ExchangeRequest>, context: HandlerContext): AsyncGenerator<Response> {
    const { engine, dispatcher } = this.core;
    const { leadership } = this;
    const onReportFailed = (runId: string, error: unknown) => this.#note(`report for ${runId} fails: ${String(error)}`);
    const parts = { schedulerId: this.address, engine, dispatcher, store: this.#store, leadership, onReportFailed };
    for await (const response of exchangeRpc(parts)(requests, context)) {
      const { message } = response;
      if (message?.case === 'tasks') {
        for (const { ref } of message.value.tasks ?? []) await this.#checkWanted(ref);
      }
      yield response;
    }
  }

  /** No task goes out whose result this scheduler knows, or does not want. */
  async #checkWanted(ref: Partial<TaskRef> | undefined): Promise<void> {
    const { runId = '', nodeId = '', attempt, dispatch } = ref ?? {};
    this.#note(`sends ${runId}/${nodeId}/${attempt}/${dispatch}`);
    const known = this.core.engine.peek(runId)?.state;
    // One that is not active any more and does not know it may be behind while it loads a run again.
    if (known === undefined && this.#surroundings.profile().staleLeadershipMs > 0) return;
    const state = known ?? (await this.#storedState(runId));
    const node = state?.nodes.get(nodeId);
    if (node !== undefined && needsDispatch(node) && node.attempt === attempt && node.dispatch === dispatch) return;
    const instead = node === undefined ? 'nothing' : `${node.status} ${node.attempt}/${node.dispatch}`;
    const what = `${runId}/${nodeId}/${attempt}/${dispatch}`;
    this.#surroundings.violated(`${this.life.name} sends ${what} although it knows of ${instead}`);
  }

  /** A run that is just being loaded again is known as the store has it. */
  async #storedState(runId: string) {
    const stored = await this.#sharedStore.load(runId);
    return stored && foldHistory(runId, stored.namespace, stored.rows);
  }

  /** A call of a client: the dead do not answer. */
  async #answer<T>(work: () => Promise<T>): Promise<T> {
    const { time } = this.#surroundings;
    await time.sleep(wayMs(this.#surroundings));
    if (!this.life.alive) return never();
    try {
      requireActive(this.leadership);
      return await work();
    } finally {
      await time.sleep(wayMs(this.#surroundings));
      if (!this.life.alive) await never();
    }
  }

  #findRunDependencies() {
    return { engine: this.core.engine, store: this.#store, plans: this.#plans };
  }

  #observer(): SchedulerObserver {
    return {
      transitionCommitted: (_plan, _before, { runId, seq }, events) =>
        this.#note(`${runId} is at ${seq}: ${events.map(({ kind }) => kind).join(' ')}`),
      raceLost: (runId) => this.#note(`loses a race for ${runId}`),
      runSetAside: (runId, error) => {
        if (error instanceof StoreFault) return;
        this.#surroundings.violated(`${runId} is set aside: ${String(error)}`);
      },
      storeFailed: () => {},
      reportFailed: (runId, error) => this.#note(`a command for ${runId} fails: ${String(error)}`),
      publishFailed: () => {},
    };
  }

  #note(what: string): void {
    this.#surroundings.trace.note(this.life.name, what);
  }
}
