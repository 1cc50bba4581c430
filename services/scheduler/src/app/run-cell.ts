import type { Payload, Plan, RunCommand, RunState } from '@skein/domain';
import type { StartKey } from './run-store.ts';

/** A command with whoever waits for its effect. */
export interface MailboxEntry {
  readonly command: RunCommand;
  /** Called once: the command's effect is durable, or it has none. */
  readonly done: (error?: Error) => void;
}

/** An open run in memory. Changed by the engine only. */
export interface RunCell {
  readonly runId: string;
  readonly namespace: string;
  readonly plan: Plan;
  /** The last committed state; undefined until the start is committed. */
  state: RunState | undefined;
  /** Only until the start is committed. */
  startKey: StartKey | undefined;
  /** Commands that wait for the transition under way. */
  mailbox: MailboxEntry[];
  /** Whether a transition is waiting for its commit: at most one at a time. */
  committing: boolean;
  /** While its row is told that nobody need look at it for long: whether that is stored. It takes no transition then. */
  parking: Promise<boolean> | undefined;
  /** Whether others may have changed the run since: it is loaded again after the commit under way. */
  outdated: boolean;
  /** Whether its row may say that nobody need look at it for long: until its next transition, which brings it near. */
  wakes: boolean;
  /** Why the run is set aside for an operator; undefined: it is not. */
  setAside: string | undefined;
  /** What its transition waits for on its way to the store; undefined: nothing but its commit. */
  heldUp: string | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Of a fork: the child runs of the run that it comes from, by node and index; undefined until somebody asks. */
  counterparts: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  /** Inputs of nodes that child runs do the work of, by node id: kept because every child needs them. */
  readonly childInputs: Map<string, { readonly attempt: number; readonly input: Payload }>;
}

/** What is told of an open run in memory. */
export interface OpenRun extends Pick<RunCell, 'plan' | 'setAside' | 'heldUp'> {
  readonly state: RunState;
}

/** A run of which nothing is known but its plan. */
export function newCell(runId: string, namespace: string, plan: Plan): RunCell {
  return {
    runId,
    namespace,
    plan,
    state: undefined,
    startKey: undefined,
    mailbox: [],
    committing: false,
    parking: undefined,
    outdated: false,
    wakes: false,
    setAside: undefined,
    heldUp: undefined,
    timer: undefined,
    counterparts: undefined,
    childInputs: new Map(),
  };
}
