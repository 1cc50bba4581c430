/**
 * Child runs that agents have started: stopped when the agent's node has ended, paused and resumed with it.
 *
 * Owns: which there are, in memory. Does not own: the rows of them (CalledRunStore), nor the runs.
 *
 * A1. The row is written before the run begins, so that a run whose parent ends is never forgotten. A row without a run, or
 *     of one that has ended, means nothing and is deleted with the next look.
 * A2. The run lives no longer than the node whose agent has started it, over all its attempts. What begins while the node
 *     ends is stopped as soon as it has begun.
 * A3. Whoever takes runs over looks at all rows of its shards: there may be runs whose parents ended in between.
 */
import { isFinal, isHeldBack, isTerminal, type RunCommand, type RunEvent, type RunState } from '@skein/domain';
import { RunElsewhereError } from './run-errors.ts';

/** A run that an agent has started. */
export interface CalledRun {
  readonly runId: string;
  readonly parentRunId: string;
  /** The node that the agent worked on. */
  readonly nodeId: string;
}

/** A run that an agent has started, and what has become of both. */
export interface KnownCall extends CalledRun {
  /** Also one that never began. */
  readonly isOver: boolean;
  readonly isParentOver: boolean;
}

/** Where it is written which runs agents have started. */
export interface CalledRunStore {
  /** Repeatable. */
  add(call: CalledRun): Promise<void>;
  remove(runIds: readonly string[]): Promise<void>;
  /** Those of these shards; a run that was added within the last minute is not over because it has not begun. */
  ofShards(shards: readonly number[]): Promise<readonly KnownCall[]>;
}

/** What this takes. */
export interface CalledRunsOptions {
  readonly store: CalledRunStore;
  /** The committed state of a run in memory. */
  readonly stateOf: (runId: string) => RunState | undefined;
  readonly submit: (runId: string, command: RunCommand) => Promise<void>;
  /** Told of what went wrong; the next look finds what is left. */
  readonly onFailed: (error: unknown) => void;
}

export class CalledRuns {
  readonly #options: CalledRunsOptions;
  /** Nodes by run, by parent. */
  readonly #byParent = new Map<string, Map<string, string>>();
  /** Whether runs have become this scheduler's since it looked at the rows (A3). */
  #isBehind = true;

  constructor(options: CalledRunsOptions) {
    this.#options = options;
  }

  /** A1. Has the run started by `start`, which answers whether it has begun one. */
  async start<T extends { readonly created: boolean }>(call: CalledRun, start: () => Promise<T>): Promise<T> {
    const { store } = this.#options;
    await store.add(call);
    this.#know(call);
    let hasBegun = false;
    try {
      const started = await start();
      hasBegun = started.created;
      return started;
    } finally {
      if (hasBegun) this.#settle(call, this.#options.stateOf(call.parentRunId));
      else this.#forget(call);
    }
  }

  /** A2. What follows for the runs that the agents of a run have started. */
  afterTransition(state: RunState, events: readonly RunEvent[]): void {
    for (const [runId, nodeId] of this.#byParent.get(state.runId) ?? []) {
      if (!this.#settle({ runId, nodeId, parentRunId: state.runId }, state)) continue;
      for (const event of events) {
        if (event.kind !== 'run_paused' && event.kind !== 'run_resumed') continue;
        if (event.nodeId !== '' && event.nodeId !== nodeId) continue;
        if (event.kind === 'run_paused') this.#command(runId, PAUSE);
        else if (!isHeldBack(state, nodeId)) this.#command(runId, RESUME);
      }
    }
  }

  /** One of them has ended. */
  ended({ runId, parent }: RunState): void {
    if (parent !== undefined) this.#forget({ runId, nodeId: parent.nodeId, parentRunId: parent.runId });
  }

  /** One of them has come into memory. */
  loaded({ runId, parent }: RunState): void {
    if (parent?.called === true) this.#know({ runId, nodeId: parent.nodeId, parentRunId: parent.runId });
  }

  /** Forgets those of parents that are somebody else's now. */
  release(isReleased: (runId: string) => boolean): void {
    this.#isBehind = true;
    for (const parentRunId of this.#byParent.keys()) if (isReleased(parentRunId)) this.#byParent.delete(parentRunId);
  }

  /** A3. To be called when runs have become this scheduler's; costs nothing where none have. */
  async catchUp(shards: readonly number[]): Promise<void> {
    if (!this.#isBehind) return;
    this.#isBehind = false;
    try {
      await this.#lookAt(shards);
    } catch (error) {
      this.#isBehind = true;
      throw error;
    }
  }

  async #lookAt(shards: readonly number[]): Promise<void> {
    const known = await this.#options.store.ofShards(shards);
    const over = known.filter(({ isOver }) => isOver);
    if (over.length > 0) await this.#options.store.remove(over.map(({ runId }) => runId));
    for (const call of known) {
      if (call.isOver) continue;
      this.#know(call);
      if (call.isParentOver) this.#stop(call);
      else this.#settle(call, this.#options.stateOf(call.parentRunId));
    }
  }

  /** A2. Stops the run where its node has ended; answers whether it may go on. */
  #settle(call: CalledRun, parent: RunState | undefined): boolean {
    // A parent whose calls are known and that is not in memory is on its way there.
    if (parent === undefined && this.#byParent.has(call.parentRunId)) return true;
    const node = parent?.nodes.get(call.nodeId);
    if (parent !== undefined && !isTerminal(parent.status) && node !== undefined && !isFinal(node)) return true;
    this.#stop(call, parent);
    return false;
  }

  #stop({ runId, parentRunId }: CalledRun, parent?: RunState): void {
    const kind = parent?.status === 'TERMINATED' ? 'terminate_run' : 'cancel_run';
    this.#command(runId, { kind, reason: `the node of run ${parentRunId} whose agent has started it has ended` });
    this.#drop(runId, parentRunId);
  }

  #know({ runId, parentRunId, nodeId }: CalledRun): void {
    const calls = this.#byParent.get(parentRunId) ?? new Map<string, string>();
    this.#byParent.set(parentRunId, calls.set(runId, nodeId));
  }

  #forget({ runId, parentRunId }: CalledRun): void {
    this.#drop(runId, parentRunId);
    this.#options.store.remove([runId]).catch(this.#options.onFailed);
  }

  #drop(runId: string, parentRunId: string): void {
    const calls = this.#byParent.get(parentRunId);
    calls?.delete(runId);
    if (calls?.size === 0) this.#byParent.delete(parentRunId);
  }

  #command(runId: string, command: RunCommand): void {
    this.#options.submit(runId, command).catch((error: unknown) => {
      if (!(error instanceof RunElsewhereError)) this.#options.onFailed(error);
    });
  }
}

const PAUSE = { kind: 'pause_run', nodeId: '', reason: 'its parent run is paused' } as const satisfies RunCommand;
const RESUME: RunCommand = { kind: 'resume_run', nodeId: '' };
