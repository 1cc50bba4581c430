import type { MessageInitShape } from '@bufbuild/protobuf';
import { createClient, type Client, type HandlerContext } from '@connectrpc/connect';
import {
  ApprovalService,
  RunService,
  TaskService,
  type ExchangeRequest,
  type ExchangeResponseSchema,
  type TaskRef,
} from '@skein/contracts/scheduler';
import { isTerminal, needsDispatch } from '@skein/domain';
import { bind, directTransport, type ServiceBinding } from '@skein/rpc';
import { scheduledRuns } from '../../services/scheduler/src/adapters/runs/scheduled-runs.ts';
import type { CalledRunStore } from '../../services/scheduler/src/app/called-runs.ts';
import { RunTokens } from '../../services/scheduler/src/app/run-token.ts';
import type { LimitKey, LimitStore } from '../../services/scheduler/src/app/limits/limit-store.ts';
import type { SchedulerObserver } from '../../services/scheduler/src/app/engine-observer.ts';
import type { MemberStore } from '../../services/scheduler/src/app/member-store.ts';
import { Membership } from '../../services/scheduler/src/app/membership.ts';
import type { Peers } from '../../services/scheduler/src/app/peers.ts';
import { Ownership } from '../../services/scheduler/src/app/ownership.ts';
import { PlanCache } from '../../services/scheduler/src/app/plan-cache.ts';
import type { RunStore } from '../../services/scheduler/src/app/run-store.ts';
import { SchedulerCore } from '../../services/scheduler/src/app/scheduler-core.ts';
import { ScheduleClock } from '../../services/scheduler/src/app/schedules/schedule-clock.ts';
import { ScheduleKeeper } from '../../services/scheduler/src/app/schedules/schedule-keeper.ts';
import type { ScheduleStore } from '../../services/scheduler/src/app/schedules/schedule-store.ts';
import type { WorkflowStore } from '../../services/scheduler/src/app/workflow-store.ts';
import { withTypedErrors } from '../../services/scheduler/src/rpc/answer-errors.ts';
import { exchangeRpc } from '../../services/scheduler/src/rpc/exchange.ts';
import { approvalService } from '../../services/scheduler/src/rpc/approval-service.ts';
import { runService } from '../../services/scheduler/src/rpc/run-service.ts';
import { taskService, type TaskRpcParts } from '../../services/scheduler/src/rpc/task-service.ts';
import { NO_RETENTION } from '../../services/scheduler/src/testing/no-retention.ts';
import type { HistorySide } from './history-side.ts';
import { calledRunLink } from './called-run-link.ts';
import { limitLink } from './limit-link.ts';
import { MemberLink } from './member-link.ts';
import { rpcWire, type Callee } from './rpc-wire.ts';
import { ScheduleLink } from './schedule-link.ts';
import { StoreFault } from './store-calls.ts';
import { StoreLink } from './store-link.ts';
import { Life, type Ids, type Surroundings } from './surroundings.ts';

/** What all schedulers of a world share. */
export interface SharedByAll {
  readonly store: RunStore;
  readonly schedules: ScheduleStore;
  readonly limits: LimitStore;
  /** Limits that agents are registered with. */
  readonly callLimits: readonly LimitKey[];
  readonly calledRuns: CalledRunStore;
  readonly members: MemberStore & { exclude(schedulerId: string): void };
  readonly workflows: WorkflowStore;
  readonly history: HistorySide;
  readonly ids: Ids;
  /** Who lives at an address right now. */
  readonly schedulerAt: (address: string) => Callee | undefined;
}

type Response = MessageInitShape<typeof ExchangeResponseSchema>;

/** One life of a scheduler: the real parts, wired as the service wires them. */
export class SimulatedScheduler implements Callee {
  readonly address: string;
  readonly life: Life;
  readonly core: SchedulerCore;
  readonly ownership: Ownership;
  readonly bindings: readonly ServiceBinding[];
  readonly #surroundings: Surroundings;
  readonly #shared: SharedByAll;
  readonly #store: StoreLink;
  readonly #parts: TaskRpcParts;
  readonly #memberLink: MemberLink;
  readonly #clock: ScheduleClock;
  readonly #membership: Membership;
  /** Until when it believes that it lives, whatever its heartbeat says. */
  #deludedUntilMs = 0;

  constructor(surroundings: Surroundings, shared: SharedByAll, address: string, lifeName: string) {
    this.address = address;
    this.life = new Life(lifeName);
    this.#surroundings = surroundings;
    this.#shared = shared;
    const { random, time } = surroundings;
    this.#store = new StoreLink(shared.store, this.life, surroundings);
    const plans = new PlanCache(shared.workflows);
    this.ownership = new Ownership({
      schedulerId: address,
      isFresh: () => this.#membership.isFresh || time.nowMs < this.#deludedUntilMs,
      monotonicMs: () => time.nowMs,
      newId: () => shared.ids.next(),
      random: () => random.next(),
    });
    const peers: Peers = { at: ({ address: other }) => this.#peer(other) };
    const limits = limitLink(shared.limits, this.life, surroundings);
    this.core = new SchedulerCore({
      peers,
      store: this.#store,
      limits,
      calledRuns: calledRunLink(shared.calledRuns, this.life, surroundings),
      plans,
      carrier: shared.history.carrierOf(this.life),
      observer: this.#observer(),
      ownership: this.ownership,
      newCommitId: () => shared.ids.next(),
      nowMs: () => this.#membership.nowMs(),
      random: () => random.next(),
    });
    // As the service does before it takes part.
    this.core.book.take(shared.callLimits);
    shared.history.subscribe(this.life, (body) => this.core.outbox.confirm(body));
    this.#memberLink = new MemberLink(shared.members, this.life, surroundings);
    this.#membership = this.#join();
    this.core.keeper.start();
    const { engine, dispatcher } = this.core;
    const { ownership } = this;
    const tokens = new RunTokens(new Uint8Array(32));
    const takeRun = (runId: string) => this.core.takeRun(runId);
    const onReportFailed = (runId: string, error: unknown) => this.#note(`report for ${runId} fails: ${String(error)}`);
    this.#parts = { engine, dispatcher, store: this.#store, ownership, peers, tokens, onReportFailed, takeRun };
    const agents = { missing: async () => [] };
    // Nobody imports here.
    const archive = { store: () => Promise.resolve(false) };
    const imports = { archive, workflows: shared.workflows, newCommitId: () => shared.ids.next(), onStored: () => {} };
    const { book, called } = this.core;
    const runParts = { ...this.#parts, plans, agents, limits, book, called, retention: NO_RETENTION };
    const runs = runService({ ...runParts, imports });
    const approvals = approvalService(runParts);
    const onDefect = (rpc: string, error: unknown) => {
      if (!(error instanceof StoreFault)) surroundings.violated(`${rpc} fails: ${String(error)}`);
    };
    this.bindings = [
      bind(RunService, withTypedErrors(RunService, runs, onDefect)),
      bind(ApprovalService, withTypedErrors(ApprovalService, approvals, onDefect)),
      bind(
        TaskService,
        withTypedErrors(TaskService, taskService({ ...this.#parts, retention: NO_RETENTION }), onDefect),
      ),
    ];
    this.#clock = this.#scheduleClock(onDefect);
  }

  /** Whether it is one of the live ones, and can be sure. */
  get isActive(): boolean {
    return this.ownership.isActive;
  }

  /** For a client. */
  get runs(): Client<typeof RunService> {
    return createClient(
      RunService,
      rpcWire(this.#surroundings, undefined, () => this.#shared.schedulerAt(this.address)),
    );
  }

  get approvals(): Client<typeof ApprovalService> {
    return createClient(
      ApprovalService,
      rpcWire(this.#surroundings, undefined, () => this.#shared.schedulerAt(this.address)),
    );
  }

  /** The others take it for dead; it does not notice for a while and goes on as before. */
  excludeUnnoticed(durationMs: number): void {
    this.#note(`is taken for dead, unnoticed for ${durationMs} ms`);
    this.#deludedUntilMs = this.#surroundings.time.nowMs + durationMs;
    this.#memberLink.cutFor(durationMs);
    this.#shared.members.exclude(this.address);
  }

  /** TaskService.Exchange, with every task that goes out checked against what this scheduler knows. */
  async *exchange(requests: AsyncIterable<ExchangeRequest>, context: HandlerContext): AsyncGenerator<Response> {
    for await (const response of exchangeRpc(this.#parts)(requests, context)) {
      const { message } = response;
      if (message?.case === 'tasks') {
        for (const { ref } of message.value.tasks ?? []) await this.#checkWanted(ref);
      }
      yield response;
    }
  }

  #join(): Membership {
    return new Membership({
      store: this.#memberLink,
      life: {
        schedulerId: this.address,
        address: this.address,
        incarnation: this.#shared.ids.next(),
        historyVersion: 1,
      },
      onMembers: (members, rejoined) => {
        this.#note(`sees ${members.map(({ schedulerId }) => schedulerId).join(' ')}${rejoined ? ', anew' : ''}`);
        this.core.membersChanged(members, rejoined).catch(() => {});
        this.#clock.membersChanged();
      },
      onExcluded: () => {
        this.#note('finds itself excluded');
        this.core.excluded();
      },
      onResumed: () => {
        this.core.resumed();
        this.#clock.poke();
      },
      onWorkflowChanged: () => {},
      onSchedulesChanged: () => this.#clock.poke(),
      onLimitsChanged: () => {},
      onCallSlotFreed: (limit) => this.core.calls.changed(limit),
      onRetry: () => {},
    });
  }

  #scheduleClock(onDefect: (what: string, error: unknown) => void): ScheduleClock {
    const store = new ScheduleLink(this.#shared.schedules, this.life, this.#surroundings);
    const runs = createClient(RunService, directTransport(this.bindings));
    const nowMs = () => this.#membership.nowMs();
    const keeper = new ScheduleKeeper({
      store,
      runs: scheduledRuns({
        runs,
        store: this.#store,
        cancel: (namespace, runId, reason) => runs.cancelRun({ namespace, runId, reason }),
        terminate: (namespace, runId, reason) => runs.terminateRun({ namespace, runId, reason }),
      }),
      nowMs,
      onFired: ({ scheduleId }, { runId }, { kind }) => this.#note(`${scheduleId}: ${runId} ${kind}`),
    });
    const onFailed = (error: unknown) => onDefect('the clock of schedules', error);
    return new ScheduleClock({ store, keeper, ownership: this.ownership, nowMs, onFailed });
  }

  #peer(address: string) {
    const wire = rpcWire(this.#surroundings, this.life, () => this.#shared.schedulerAt(address));
    return {
      runs: createClient(RunService, wire),
      approvals: createClient(ApprovalService, wire),
      tasks: createClient(TaskService, wire),
    };
  }

  /** No task goes out whose result this scheduler knows, or does not want. */
  async #checkWanted(ref: Partial<TaskRef> | undefined): Promise<void> {
    const { runId = '', nodeId = '', attempt, dispatch } = ref ?? {};
    this.#note(`sends ${runId}/${nodeId}/${attempt}/${dispatch}`);
    const known = this.core.engine.peek(runId)?.state;
    // While a run is being loaded again somebody else may have gone on with it.
    if (known === undefined) return;
    const node = known.nodes.get(nodeId);
    if (node !== undefined && needsDispatch(node) && node.attempt === attempt && node.dispatch === dispatch) return;
    const instead = node === undefined ? 'nothing' : `${node.status} ${node.attempt}/${node.dispatch}`;
    const what = `${runId}/${nodeId}/${attempt}/${dispatch}`;
    this.#surroundings.violated(`${this.life.name} sends ${what} although it knows of ${instead}`);
  }

  #observer(): SchedulerObserver {
    return {
      transitionCommitted: (_plan, _before, { runId, seq, status }, events) => {
        this.#note(`${runId} is at ${seq}: ${events.map(({ kind }) => kind).join(' ')}`);
        if (isTerminal(status)) this.#clock.runEnded(runId);
      },
      raceLost: (runId) => this.#note(`loses a race for ${runId}`),
      runSetAside: (runId, error) => {
        if (error instanceof StoreFault) return;
        this.#surroundings.violated(`${runId} is set aside: ${String(error)}`);
      },
      storeFailed: () => {},
      reportFailed: (runId, error) => this.#note(`a command for ${runId} fails: ${String(error)}`),
      publishFailed: () => {},
      runsWaiting: () => {},
      callsWaiting: () => {},
    };
  }

  #note(what: string): void {
    this.#surroundings.trace.note(this.life.name, what);
  }
}
