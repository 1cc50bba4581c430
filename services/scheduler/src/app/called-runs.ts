/**
 * Child runs that agents have started: stopped when the agent's node has ended, paused and resumed with it.
 *
 * Owns: which there are, in memory. Does not own: the rows of them (CalledRunStore), nor the runs.
 *
 * A1. The row is written before the run begins, so that a run whose parent ends is never forgotten. A row without a run, or
 *     of one that has ended, means nothing and is deleted with the next look.
 * A2. The run lives no longer than the node whose agent has started it, over all its attempts. What begins while the node
 *     ends is stopped as soon as it has begun.
 * A3. Whoever takes runs over looks at all rows of its shards, until no former owner can add one: there may be runs whose
 *     parents ended in between. So does whoever cannot tell whether a run began, or could not stop one.
 * A4. It rests while the node is held back: whichever of them was loaded last, and also where it begins after the pause.
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
  readonly hasBegun: boolean;
  /** Also one that never began. */
  readonly isOver: boolean;
  /** Undefined: it is open. */
  readonly parentEnd: 'terminated' | 'otherwise' | undefined;
}

/** What a start comes to: a run of its own, or one that was there. */
type CalledStart = { readonly created: true } | { readonly created: false; readonly runId: string };

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
  /** Brings an open run into memory. */
  readonly adopt: (runId: string) => Promise<unknown>;
  readonly submit: (runId: string, command: RunCommand) => Promise<void>;
  /** Told of what went wrong; the next look finds what is left (A3). */
  readonly onFailed: (error: unknown) => void;
}

export class CalledRuns {
  readonly #options: CalledRunsOptions;
  /** Nodes by run, by parent. */
  readonly #byParent = new Map<string, Map<string, string>>();
  /** Whether there may be rows that this scheduler has to look at (A3). */
  #isBehind = true;

  constructor(options: CalledRunsOptions) {
    this.#options = options;
  }

  /** A1. Has the run started by `start`. What fails may have begun it all the same. */
  async start<T extends CalledStart>(call: CalledRun, start: () => Promise<T>): Promise<T> {
    const { store, stateOf } = this.#options;
    await store.add(call);
    this.#know(call);
    let started: T;
    try {
      started = await start();
    } catch (error) {
      this.#isBehind = true;
      throw error;
    }
    // A start that is sent again finds what it has begun itself.
    if (started.created || started.runId === call.runId) {
      const parent = stateOf(call.parentRunId);
      // It may rest, or have ended before anybody knew of this call: the rows tell which.
      if (parent === undefined) this.#isBehind = true;
      this.#settle(call, parent);
    } else this.#forget(call);
    return started;
  }

  /** A2. What follows for the runs that the agents of a run have started. */
  afterTransition(state: RunState, events: readonly RunEvent[]): void {
    const turns = events.filter((event) => event.kind === 'run_paused' || event.kind === 'run_resumed');
    for (const [runId, nodeId] of this.#byParent.get(state.runId) ?? []) {
      const call = { runId, nodeId, parentRunId: state.runId };
      if (turns.length === 0) this.#settle(call, state);
      else if (this.#mayGoOn(call, state)) {
        for (const turn of turns) {
          if (turn.nodeId !== '' && turn.nodeId !== nodeId) continue;
          if (turn.kind === 'run_paused') this.#command(runId, PAUSE);
          else if (!isHeldBack(state, nodeId)) this.#command(runId, RESUME);
        }
      }
    }
  }

  /** One of them has ended. */
  ended({ runId, parent }: RunState): void {
    if (parent !== undefined) this.#forget({ runId, nodeId: parent.nodeId, parentRunId: parent.runId });
  }

  /** One of them has come into memory. */
  loaded({ runId, parent }: RunState): void {
    if (parent?.called !== true) return;
    const call = { runId, nodeId: parent.nodeId, parentRunId: parent.runId };
    this.#know(call);
    this.#settle(call, this.#options.stateOf(parent.runId));
  }

  /** Forgets those of parents that are somebody else's now. */
  release(isReleased: (runId: string) => boolean): void {
    this.#isBehind = true;
    for (const parentRunId of this.#byParent.keys()) if (isReleased(parentRunId)) this.#byParent.delete(parentRunId);
  }

  /** A3. To be called again and again; costs nothing where there is nothing to look at. `isLast`: no former owner is at work. */
  async catchUp(shards: readonly number[], isLast: boolean): Promise<void> {
    if (!this.#isBehind) return;
    this.#isBehind = !isLast;
    try {
      await this.#lookAt(shards);
    } catch (error) {
      this.#isBehind = true;
      throw error;
    }
  }

  async #lookAt(shards: readonly number[]): Promise<void> {
    const { store, stateOf } = this.#options;
    const known = await store.ofShards(shards);
    const over = known.filter(({ isOver }) => isOver);
    if (over.length > 0) await store.remove(over.map(({ runId }) => runId));
    for (const call of known) {
      if (call.isOver) continue;
      this.#know(call);
      if (!call.hasBegun) this.#isBehind = true;
      else if (call.parentEnd !== undefined) this.#stop(call, call.parentEnd === 'terminated');
      else {
        await this.#adopt(call.parentRunId);
        // A parent that was just loaded has seen to it.
        const isKnown = this.#byParent.get(call.parentRunId)?.has(call.runId) === true;
        if (isKnown) this.#settle(call, stateOf(call.parentRunId));
      }
    }
  }

  async #adopt(parentRunId: string): Promise<void> {
    const { stateOf, adopt } = this.#options;
    if (stateOf(parentRunId) !== undefined) return;
    await adopt(parentRunId).catch((error: unknown) => {
      if (!(error instanceof RunElsewhereError)) throw error;
    });
  }

  /** A2, A4. */
  #settle(call: CalledRun, parent: RunState | undefined): void {
    if (this.#mayGoOn(call, parent) && parent !== undefined) this.#align(call.runId, isHeldBack(parent, call.nodeId));
  }

  /** A2. Stops the run where its node has ended; answers whether it may go on. */
  #mayGoOn(call: CalledRun, parent: RunState | undefined): boolean {
    // A parent whose calls are known and that is not in memory is on its way there.
    if (parent === undefined && this.#byParent.has(call.parentRunId)) return true;
    const node = parent?.nodes.get(call.nodeId);
    if (parent !== undefined && !isTerminal(parent.status) && node !== undefined && !isFinal(node)) return true;
    this.#stop(call, parent?.status === 'TERMINATED');
    return false;
  }

  /** A4. What is not in memory is aligned when it comes there. */
  #align(runId: string, isHeld: boolean): void {
    const state = this.#options.stateOf(runId);
    if (state === undefined) return;
    if (isHeld && state.pause === undefined) this.#command(runId, PAUSE);
    else if (!isHeld && state.pause?.reason === PAUSE.reason) this.#command(runId, RESUME);
  }

  #stop({ runId, parentRunId }: CalledRun, isTerminated: boolean): void {
    const kind = isTerminated ? 'terminate_run' : 'cancel_run';
    this.#command(runId, { kind, reason: `the node of run ${parentRunId} whose agent has started it has ended` });
    this.#drop(runId, parentRunId);
  }

  #know({ runId, parentRunId, nodeId }: CalledRun): void {
    const calls = this.#byParent.get(parentRunId) ?? new Map<string, string>();
    this.#byParent.set(parentRunId, calls.set(runId, nodeId));
  }

  #forget({ runId, parentRunId }: CalledRun): void {
    this.#drop(runId, parentRunId);
    this.#options.store.remove([runId]).catch((error: unknown) => this.#failed(error));
  }

  #drop(runId: string, parentRunId: string): void {
    const calls = this.#byParent.get(parentRunId);
    calls?.delete(runId);
    if (calls?.size === 0) this.#byParent.delete(parentRunId);
  }

  #command(runId: string, command: RunCommand): void {
    this.#options.submit(runId, command).catch((error: unknown) => {
      if (!(error instanceof RunElsewhereError)) this.#failed(error);
    });
  }

  #failed(error: unknown): void {
    this.#isBehind = true;
    this.#options.onFailed(error);
  }
}

const PAUSE = { kind: 'pause_run', nodeId: '', reason: 'its parent run is paused' } as const satisfies RunCommand;
const RESUME: RunCommand = { kind: 'resume_run', nodeId: '' };
