/**
 * Child runs: started for their parents, stopped with them, and their ends told to them.
 *
 * Owns: nothing that has to last. What is to be done follows from the committed states of parent and child, and is done
 * again whenever either of them is loaded. Does not own: when a child is wanted (libs/domain), nor commits (RunEngine).
 *
 * C1. A child is started after its parent's transition is durable. Its id follows from its place (childRunId), so that
 *     starting it twice makes one.
 * C2. A child's end is told to its parent after it is durable. Whoever crashes in between leaves a parent that looks
 *     after its open children when it is loaded, and now and then while it waits. The commit of the end brings the row
 *     of a parent that was parked near, so that whoever comes after a crash loads it.
 * C3. What ends, cancels or retries a node stops the children that are open. A child that is loaded while nobody waits
 *     for it stops itself.
 * C4. Parent and child are of one shard: both are folded here.
 * C5. A pause of the parent, and the end of it, is passed on after it is durable. What a crash in between has left undone
 *     is done when the child is loaded, or is started after all; who paused the child by itself has to resume it.
 */
import {
  isHeldBack,
  isTerminal,
  openChildren,
  type ChildEnded,
  type OpenChild,
  type RunCommand,
  type RunEvent,
  type RunState,
} from '@skein/domain';
import type { CalledRuns } from './called-runs.ts';
import { childOutcome, childStart } from './child-start.ts';
import type { LimitLookUp } from './limits/call-limit.ts';
import type { PlanSource } from './plan-source.ts';
import type { RunCell } from './run-cell.ts';
import { RunElsewhereError, StartLostError, type EngineStart } from './run-errors.ts';
import { foldHistory } from './run-history.ts';
import type { RunStore } from './run-store.ts';

/** What child runs need of the engine. */
export interface ChildRunHost {
  /** Whether the run is in memory. */
  has(runId: string): boolean;
  start(start: EngineStart): Promise<RunState>;
  submit(runId: string, command: RunCommand): Promise<void>;
  adopt(runId: string): Promise<RunCell | undefined>;
}

/** What child runs are made of. */
export interface ChildRunsOptions {
  readonly host: ChildRunHost;
  readonly store: Pick<RunStore, 'load' | 'existingAmong' | 'endedAmong'>;
  readonly plans: PlanSource;
  /** Child runs that agents have started. */
  readonly called: Pick<CalledRuns, 'afterTransition' | 'ended' | 'loaded'>;
  /** Which operators' limits there are. */
  readonly book: LimitLookUp;
  /** Told of what went wrong; it is tried again. */
  readonly onFailed: (error: unknown) => void;
}

/** Time after which what went wrong is tried again. */
const RETRY_MS = 1000;

/** Events after which a node's children may have to be stopped. */
const STOPS: ReadonlySet<RunEvent['kind']> = new Set([
  'node_failed',
  'node_skipped',
  'node_cancelled',
  'node_retry_scheduled',
  'run_failing',
  'run_cancelling',
]);

export class ChildRuns implements Disposable {
  readonly #options: ChildRunsOptions;
  /** Runs to look after again. */
  readonly #troubled = new Map<string, RunCell>();
  /** Child runs that are not in memory yet, but will be at once. */
  readonly #starting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ChildRunsOptions) {
    this.#options = options;
  }

  /** Whether a child run is on its way into memory. */
  isStarting(childRunId: string): boolean {
    return this.#starting.has(childRunId);
  }

  /** What follows for the children of a run whose transition is durable (C1, C3). */
  afterTransition(cell: RunCell, state: RunState, events: readonly RunEvent[]): void {
    let mayStop = isTerminal(state.status);
    for (const event of events) {
      if (STOPS.has(event.kind)) mayStop = true;
      if (event.kind === 'child_runs_started') this.#startAll(cell, state, event);
      if (event.kind === 'run_paused' || event.kind === 'run_resumed') this.#passOn(state, event);
    }
    if (mayStop) this.#stopUnwanted(state);
    this.#options.called.afterTransition(state, events);
  }

  /** C2. */
  ended(state: RunState): void {
    const { parent, runId } = state;
    if (parent === undefined) return;
    if (parent.called === true) return this.#options.called.ended(state);
    const { nodeId, attempt, index } = parent;
    this.#tell(parent.runId, { nodeId, attempt, index, childRunId: runId }, childOutcome(state));
  }

  /** A run has been loaded: looks after its children, and whether its parent still wants it (C2, C3). */
  loaded(cell: RunCell): void {
    this.lookAfter(cell);
    const { called } = this.#options;
    if (cell.state !== undefined) {
      called.loaded(cell.state);
      called.afterTransition(cell.state, []);
    }
    const parent = cell.state?.parent;
    if (parent !== undefined && parent.called !== true) this.#safely(cell, () => this.#checkParent(cell));
  }

  /** Starts what is missing, and takes in the ends that were not told. */
  lookAfter(cell: RunCell): void {
    if (cell.state === undefined) return;
    const open = openChildren(cell.state, { isWanted: true });
    if (open.length > 0) this.#safely(cell, () => this.#catchUp(cell, open));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#troubled.clear();
  }

  #startAll(cell: RunCell, state: RunState, event: Extract<RunEvent, { kind: 'child_runs_started' }>): void {
    const { nodeId, attempt, firstIndex } = event;
    // What was started and stopped in one turn need not begin.
    if (state.nodes.get(nodeId)?.status !== 'WAITING') return;
    for (const [offset, childRunId] of event.childRunIds.entries()) {
      const child = { nodeId, attempt, index: firstIndex + offset, childRunId };
      this.#safely(cell, () => this.#start(cell, child));
    }
  }

  async #start(cell: RunCell, child: OpenChild): Promise<void> {
    const { childRunId } = child;
    if (this.#starting.has(childRunId)) return;
    this.#starting.add(childRunId);
    try {
      await this.#startOne(cell, child);
    } finally {
      this.#starting.delete(childRunId);
    }
  }

  async #startOne(cell: RunCell, child: OpenChild): Promise<void> {
    const { host } = this.#options;
    const start = await childStart(this.#options, cell, child);
    if (start === undefined || host.has(child.childRunId)) return;
    if ('failure' in start) return this.#tell(cell.runId, child, { failure: start.failure });
    try {
      await host.start(start);
      this.#pauseWithParent(cell, child);
    } catch (error) {
      if (!(error instanceof StartLostError)) throw error;
      // Somebody else has started it: perhaps it has even ended.
      await this.#catchUp(cell, [child]);
    }
  }

  /** C5. The parent may have been paused since it asked for the child, or before it was loaded here. */
  #pauseWithParent({ state }: RunCell, { nodeId, childRunId }: OpenChild): void {
    if (state !== undefined && isHeldBack(state, nodeId)) this.#command(childRunId, PAUSE);
  }

  async #catchUp(cell: RunCell, open: readonly OpenChild[]): Promise<void> {
    const { host, store } = this.#options;
    const absent = open.filter(({ childRunId }) => !host.has(childRunId));
    if (absent.length === 0) return;
    const ids = absent.map(({ childRunId }) => childRunId);
    const existing = new Set(await store.existingAmong(ids));
    const ended = new Set(await store.endedAmong(ids));
    for (const child of absent) {
      if (ended.has(child.childRunId)) this.#safely(cell, () => this.#tellStored(cell, child));
      else if (!existing.has(child.childRunId)) this.#safely(cell, () => this.#start(cell, child));
    }
  }

  async #tellStored(cell: RunCell, child: OpenChild): Promise<void> {
    const stored = await this.#options.store.load(child.childRunId);
    if (stored === undefined) return;
    const state = foldHistory(child.childRunId, stored.namespace, stored.rows);
    if (isTerminal(state.status)) this.#tell(cell.runId, child, childOutcome(state));
  }

  #tell(parentRunId: string, child: OpenChild, outcome: ChildEnded['outcome']): void {
    this.#command(parentRunId, { kind: 'child_ended', ...child, outcome });
  }

  #stopUnwanted(state: RunState): void {
    for (const { childRunId, nodeId } of openChildren(state, { isWanted: false })) {
      this.#command(childRunId, stopping(state, `node ${nodeId} of its parent run does not wait for it any more`));
    }
  }

  #passOn(state: RunState, event: Extract<RunEvent, { kind: 'run_paused' | 'run_resumed' }>): void {
    for (const { nodeId, childRunId } of openChildren(state, { isWanted: true })) {
      if (event.nodeId !== '' && event.nodeId !== nodeId) continue;
      if (event.kind === 'run_paused') this.#command(childRunId, PAUSE);
      else if (!isHeldBack(state, nodeId)) this.#command(childRunId, RESUME);
    }
  }

  /** C3, C5. */
  async #checkParent(cell: RunCell): Promise<void> {
    const { host } = this.#options;
    const { state, runId } = cell;
    if (state?.parent === undefined) return;
    const { parent } = state;
    const parentCell = await host.adopt(parent.runId);
    const parentState = parentCell?.state;
    // A parent that somebody tries to start a second time is there, but for a moment nothing is known of it.
    if (parentCell !== undefined && parentState === undefined) return this.#lookLater(cell);
    const node = parentState?.nodes.get(parent.nodeId);
    const isWanted = node?.status === 'WAITING' && node.children?.open.get(parent.index) === runId;
    if (parentState === undefined || !isWanted) {
      const status = parentState?.status ?? (await this.#endOf(parent.runId));
      return this.#command(runId, stopping({ status }, 'its parent run does not wait for it any more'));
    }
    const pause = cell.state?.pause;
    if (isHeldBack(parentState, parent.nodeId)) {
      if (pause === undefined) this.#command(runId, PAUSE);
    } else if (pause?.reason === PAUSE.reason) this.#command(runId, RESUME);
  }

  /** How a run that has ended did so; a run that nobody knows any more was not terminated. */
  async #endOf(runId: string): Promise<RunState['status']> {
    const stored = await this.#options.store.load(runId);
    return stored === undefined ? 'CANCELLED' : foldHistory(runId, stored.namespace, stored.rows).status;
  }

  /** For another run than the one whose effects are being taken: never within its turn. */
  #command(runId: string, command: RunCommand): void {
    this.#safely(undefined, async () => {
      try {
        await this.#options.host.submit(runId, command);
      } catch (error) {
        if (error instanceof RunElsewhereError) return;
        if (command.kind === 'child_ended') return this.#tryAgain(runId, error);
        throw error;
      }
    });
  }

  async #tryAgain(parentRunId: string, error: unknown): Promise<void> {
    const cell = await this.#options.host.adopt(parentRunId);
    if (cell !== undefined) this.#trouble(cell, error);
  }

  #safely(cell: RunCell | undefined, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (error instanceof RunElsewhereError) return;
      if (cell === undefined) this.#options.onFailed(error);
      else this.#trouble(cell, error);
    });
  }

  #trouble(cell: RunCell, error: unknown): void {
    this.#options.onFailed(error);
    this.#lookLater(cell);
  }

  #lookLater(cell: RunCell): void {
    this.#troubled.set(cell.runId, cell);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const troubled = [...this.#troubled.values()];
      this.#troubled.clear();
      for (const it of troubled) if (this.#options.host.has(it.runId)) this.loaded(it);
    }, RETRY_MS).unref();
  }
}

const PAUSE = { kind: 'pause_run', nodeId: '', reason: 'its parent run is paused' } as const satisfies RunCommand;
const RESUME: RunCommand = { kind: 'resume_run', nodeId: '' };

function stopping(parent: Pick<RunState, 'status'>, reason: string): RunCommand {
  return { kind: parent.status === 'TERMINATED' ? 'terminate_run' : 'cancel_run', reason };
}
