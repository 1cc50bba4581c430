/**
 * One simulated world: several schedulers over one store, several executors, event-log and clients, all in one
 * process under one virtual clock. Everything that chance decides is drawn from the seed.
 */
import type { Task } from '@skein/contracts/scheduler';
import { seededRandom } from '@skein/testkit';
import { digestOf } from '@skein/domain';
import { MemoryCalledRunStore } from '../../services/scheduler/src/adapters/memory/called-run-store.ts';
import { MemoryLimitStore } from '../../services/scheduler/src/adapters/memory/limit-store.ts';
import { MemoryMemberStore } from '../../services/scheduler/src/adapters/memory/member-store.ts';
import { MemoryRunStore } from '../../services/scheduler/src/adapters/memory/run-store.ts';
import { MemoryScheduleStore } from '../../services/scheduler/src/adapters/memory/schedule-store.ts';
import { MemoryWorkflowStore } from '../../services/scheduler/src/adapters/memory/workflow-store.ts';
import type { LimitKey } from '../../services/scheduler/src/app/limits/limit-store.ts';
import type { ScheduleRow } from '../../services/scheduler/src/app/schedules/schedule-store.ts';
import { COMMON_WORKFLOW, drawCase, drawWorkflows, type Case } from './cases.ts';
import { CallWatch, drawCallLimits } from './call-limits.ts';
import { LimitWatch } from './limit-watch.ts';
import { HistorySide } from './history-side.ts';
import { checkPromises } from './invariants.ts';
import { drawProfile, withoutFaults, type Profile, type SuddenEvent } from './profile.ts';
import { drawSchedules, type SimulatedSchedule } from './schedules.ts';
import { SimulatedAgents } from './simulated-agents.ts';
import { LINGERING_WORKFLOW, startLingering } from './simulated-calls.ts';
import { SimulatedClient } from './simulated-client.ts';
import { SimulatedExecutor } from './simulated-executor.ts';
import { SimulatedScheduler, type SharedByAll } from './simulated-scheduler.ts';
import { chance, EPOCH_MS, Ids, wayMs, type Surroundings } from './surroundings.ts';
import { Trace } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';

/** What came of a seed that kept every promise. */
export interface WorldReport {
  /** Equal for equal seeds. */
  readonly digest: string;
  readonly events: number;
  readonly runs: number;
  readonly virtualMs: number;
}

const MAX_RESTART_MS = 4000;
const MAX_OUTAGE_MS = 6000;
/** Time in which everything comes to rest once the world is kind: one executor may have hours of work. */
const REST_LIMIT_MS = 6 * 60 * 60_000;
const LOOK_EVERY_MS = 500;

/** Lets the world of a seed happen; `print` sees its trace as it goes. @throws AssertionError for a broken promise. */
export async function simulate(seed: number, print?: (line: string) => void): Promise<WorldReport> {
  const world = new World(seed, print);
  try {
    return await world.happen();
  } finally {
    world[Symbol.dispose]();
  }
}

class World implements Disposable {
  readonly #random;
  readonly #time: VirtualTime;
  readonly #trace: Trace;
  readonly #drawn: Profile;
  readonly #surroundings: Surroundings;
  readonly #shared: SharedByAll;
  readonly #agents: SimulatedAgents;
  readonly #schedulers = new Map<string, SimulatedScheduler>();
  readonly #executors = new Map<string, SimulatedExecutor>();
  readonly #clients: { client: SimulatedClient; asked: Case }[] = [];
  readonly #cases = new Map<string, Case>();
  #schedules: readonly SimulatedSchedule[] = [];
  #profile: Profile;
  readonly #atEnd: (() => void)[] = [];
  #violation: Error | undefined;
  #lives = 0;

  constructor(seed: number, print?: (line: string) => void) {
    this.#random = seededRandom(seed);
    this.#time = new VirtualTime(() => this.#random.next());
    this.#trace = new Trace(() => this.#time.nowMs, print);
    this.#drawn = drawProfile(this.#random);
    this.#profile = this.#drawn;
    this.#surroundings = {
      time: this.#time,
      random: this.#random,
      trace: this.#trace,
      profile: () => this.#profile,
      violated: (invariant) => (this.#violation ??= new Error(invariant)),
      atEnd: (callback) => void this.#atEnd.push(callback),
    };
    const watch = new LimitWatch((invariant) => this.#surroundings.violated(invariant));
    const drawnLimits = drawCallLimits(this.#random, this.#namespaces());
    const calls = new CallWatch(drawnLimits, (invariant) => this.#surroundings.violated(invariant));
    const store = calls.over(watch.over(new MemoryRunStore({ nowMs: () => EPOCH_MS + this.#time.nowMs })));
    const limits = calls.overLimits(
      new MemoryLimitStore({
        runs: store,
        nowMs: () => EPOCH_MS + this.#time.nowMs,
        onCallSlotFreed: (limit) => this.#tellOfSlot(limit),
      }),
    );
    for (const { key, figures } of drawnLimits) void limits.defineCalls(key, figures);
    const callLimits = drawnLimits.map(({ key }) => key);
    const history = new HistorySide(this.#surroundings, store);
    const workflows = new MemoryWorkflowStore();
    const schedules = new MemoryScheduleStore({ nowMs: () => EPOCH_MS + this.#time.nowMs });
    const members = new MemoryMemberStore({ nowMs: () => EPOCH_MS + this.#time.nowMs });
    const schedulerAt = (address: string) => this.#schedulerAt(address);
    const calledRuns = new MemoryCalledRunStore(store);
    const stores = { store, limits, callLimits, calledRuns, schedules, members, workflows };
    this.#shared = { ...stores, history, ids: new Ids(), schedulerAt };
    this.#agents = new SimulatedAgents(this.#surroundings, {
      answer: (runId, nodeId, attempt) => this.#caseOf(runId).answer(nodeId, attempt),
      questionsOf: (runId, nodeId) => this.#caseOf(runId).questionsOf(nodeId),
      onCall: (task) => this.#called(calls, task),
    });
  }

  async happen(): Promise<WorldReport> {
    this.#trace.note('world', JSON.stringify(this.#drawn));
    await this.#populate();
    this.#nextSuddenEvent();
    await this.#pass(this.#drawn.unkindMs);
    this.#profile = withoutFaults(this.#drawn);
    this.#trace.note('world', 'is kind from now on');
    await this.#comeToRest();
    const { store, history } = this.#shared;
    const remains = { store, history, agents: this.#agents, clients: this.#clients, schedules: this.#schedules };
    const namespaces = this.#namespaces();
    await checkPromises({ ...remains, namespaces, caseOf: (runId) => this.#caseOf(runId) });
    const { lines } = this.#trace;
    return { digest: this.#trace.digest(), events: lines, runs: this.#clients.length, virtualMs: this.#time.nowMs };
  }

  [Symbol.dispose](): void {
    this.#time[Symbol.dispose]();
    for (const callback of this.#atEnd) callback();
  }

  async #populate(): Promise<void> {
    const { schedulers, executors, runs, arrivalMs } = this.#drawn;
    const workflows = drawWorkflows(this.#random);
    for (const definition of [COMMON_WORKFLOW, LINGERING_WORKFLOW, ...workflows.map(({ plan }) => plan.definition)]) {
      for (const namespace of this.#namespaces()) {
        await this.#shared.workflows.apply(namespace, definition, digestOf(definition));
      }
    }
    await this.#schedule(workflows);
    const addresses = Array.from({ length: schedulers }, (_, index) => `scheduler-${index + 1}`);
    for (const address of addresses) this.#bootScheduler(address);
    for (let index = 0; index < executors; index += 1) this.#bootExecutor(`executor-${index + 1}`, addresses);
    for (let index = 0; index < runs; index += 1) {
      const asked = drawCase(this.#random, workflows, this.#random.pick(this.#namespaces()), index);
      const client = new SimulatedClient(
        {
          surroundings: this.#surroundings,
          schedulers: () => this.#livingSchedulers(),
          newRunId: (it) => this.#newRunId(it),
        },
        asked,
        `client-${index + 1}`,
      );
      this.#clients.push({ client, asked });
      void client.live(this.#random.integer(1, arrivalMs));
    }
  }

  async #schedule(workflows: ReturnType<typeof drawWorkflows>): Promise<void> {
    this.#schedules = drawSchedules(this.#random, workflows, this.#namespaces());
    for (const { row, cases } of this.#schedules) {
      await this.#shared.schedules.create(row);
      for (const [runId, asked] of cases) this.#cases.set(runId, asked);
    }
  }

  /** An agent is called, and perhaps starts a run. */
  #called(calls: CallWatch, task: Task): void {
    const { runId = '', nodeId = '', attempt = 0 } = task.ref ?? {};
    if (task.call.case !== 'agent') return;
    calls.called({ runId, nodeId, attempt }, task.call.value.agentId);
    if (!this.#caseOf(runId).callsOf(nodeId)) return;
    const [surroundings, schedulers] = [this.#surroundings, () => this.#livingSchedulers()];
    void startLingering({ surroundings, schedulers, namespaceOf: (id) => this.#caseOf(id).namespace }, task);
  }

  /** As a notification does: soon, to whoever listens, unless the store is away. */
  #tellOfSlot(limit: LimitKey): void {
    if (chance(this.#surroundings, this.#profile.storeFault)) return;
    for (const { core, life } of this.#livingSchedulers()) {
      this.#time.after(wayMs(this.#surroundings), () => {
        if (life.alive) core.calls.changed(limit);
      });
    }
  }

  #namespaces(): readonly string[] {
    return Array.from({ length: this.#drawn.namespaces }, (_, index) => `tenant-${index + 1}`);
  }

  #bootScheduler(address: string): void {
    const scheduler = new SimulatedScheduler(this.#surroundings, this.#shared, address, this.#nameOf(address));
    this.#schedulers.set(address, scheduler);
    scheduler.life.onDeath(() => this.#laterAnew(() => this.#bootScheduler(address)));
  }

  #bootExecutor(name: string, addresses: readonly string[]): void {
    const executor = new SimulatedExecutor(
      {
        surroundings: this.#surroundings,
        agents: this.#agents,
        addresses,
        schedulerAt: (address) => this.#schedulerAt(address),
      },
      this.#nameOf(name),
    );
    this.#executors.set(name, executor);
    executor.life.onDeath(() => this.#laterAnew(() => this.#bootExecutor(name, addresses)));
  }

  #laterAnew(boot: () => void): void {
    this.#time.after(this.#random.integer(1, MAX_RESTART_MS), boot);
  }

  #nextSuddenEvent(): void {
    const { eventEveryMs, unkindMs } = this.#drawn;
    this.#time.after(this.#random.integer(1, 2 * eventEveryMs), () => {
      if (this.#time.nowMs >= unkindMs) return;
      this.#happenSuddenly(this.#drawEvent());
      this.#nextSuddenEvent();
    });
  }

  #drawEvent(): SuddenEvent | undefined {
    const kinds = Object.entries(this.#drawn.events).flatMap(([event, weight]) =>
      Array.from({ length: weight }, () => event as SuddenEvent),
    );
    return kinds.length === 0 ? undefined : this.#random.pick(kinds);
  }

  #happenSuddenly(event: SuddenEvent | undefined): void {
    const scheduler = this.#pickFrom(this.#livingSchedulers());
    const executor = this.#pickFrom([...this.#executors.values()].filter(({ life }) => life.alive));
    this.#trace.note('world', event ?? 'nothing happens');
    switch (event) {
      case 'scheduler_crash':
        return scheduler?.life.die();
      case 'executor_crash':
        return executor?.life.die();
      case 'stream_break':
        return executor?.breakStream();
      case 'exclusion':
        return scheduler?.excludeUnnoticed(this.#random.integer(1, this.#drawn.unnoticedMs));
      case 'store_outage':
        return this.#breakStore(this.#random.integer(1, MAX_OUTAGE_MS));
      case 'bus_outage':
        return this.#shared.history.breakBus(this.#random.integer(1, MAX_OUTAGE_MS));
      case undefined:
    }
  }

  #breakStore(durationMs: number): void {
    this.#profile = { ...this.#profile, storeFault: 1 };
    this.#time.after(durationMs, () => {
      if (this.#time.nowMs < this.#drawn.unkindMs) this.#profile = this.#drawn;
    });
  }

  async #comeToRest(): Promise<void> {
    const limitMs = this.#time.nowMs + REST_LIMIT_MS;
    let unrest: string | undefined;
    while (this.#time.nowMs < limitMs) {
      await this.#pass(this.#time.nowMs + LOOK_EVERY_MS);
      unrest = await this.#unrest();
      if (unrest === undefined) return;
    }
    throw new Error(`the world does not come to rest: ${unrest ?? ''}`);
  }

  /** What is not over yet. */
  async #unrest(): Promise<string | undefined> {
    const { store, limits, schedules } = this.#shared;
    const unfinished = this.#clients.filter(({ client }) => !client.finished).length;
    if (unfinished > 0) return `${unfinished} clients still wait`;
    const restless = (await schedules.load(this.#schedules.map(({ row }) => row))).find(isRestless);
    if (restless !== undefined) return `${restless.scheduleId} has not fired for the last time`;
    const open = await store.openRuns(undefined, 100);
    if (open.length > 0) return `open runs ${open.join(' ')}`;
    for (const namespace of this.#namespaces()) {
      for (const { key, holderCount, waiterCount } of await limits.listLimits(namespace, '', 1000)) {
        if (holderCount + waiterCount > 0) return `${holderCount} hold and ${waiterCount} wait under ${key}`;
      }
    }
    const outbox = await store.staleOutbox(-REST_LIMIT_MS, 100);
    if (outbox.length > 0) return `${outbox.length} outbox rows`;
    const busy = [...this.#executors.values()].filter(({ size }) => size > 0);
    if (busy.length > 0) return busy.map(({ life, size }) => `${life.name} has ${size} tasks`).join(', ');
    for (const { core, life, isActive } of this.#livingSchedulers()) {
      if (!isActive) return `${life.name} is not active`;
      const { tasks } = core.dispatcher.counts;
      if (core.engine.size + tasks > 0) return `${life.name} remembers ${core.engine.size} runs and ${tasks} tasks`;
    }
    return undefined;
  }

  #schedulerAt(address: string): SimulatedScheduler | undefined {
    return this.#livingSchedulers().find((scheduler) => scheduler.address === address);
  }

  async #pass(untilMs: number): Promise<void> {
    this.#time.after(untilMs - this.#time.nowMs, () => {});
    await this.#time.passUntil(() => this.#time.nowMs >= untilMs || this.#violation !== undefined, untilMs);
    if (this.#violation !== undefined) throw this.#violation;
  }

  #livingSchedulers(): SimulatedScheduler[] {
    return [...this.#schedulers.values()].filter(({ life }) => life.alive);
  }

  #pickFrom<T>(items: readonly T[]): T | undefined {
    return items.length === 0 ? undefined : this.#random.pick(items);
  }

  #newRunId(asked: Case): string {
    const runId = this.#shared.ids.next();
    this.#cases.set(runId, asked);
    return runId;
  }

  #caseOf(runId: string): Case {
    const found = this.#cases.get(runId);
    if (found === undefined) throw new RangeError(`nobody asked for run ${runId}`);
    return found;
  }

  #nameOf(process: string): string {
    this.#lives += 1;
    return `${process}.${this.#lives}`;
  }
}

function isRestless({ nextFireMs, state }: ScheduleRow): boolean {
  return nextFireMs !== undefined || state.pending.length + state.buffered.length > 0;
}
