import { NodeState, RunState, type Run } from '@skein/contracts/scheduler';

const RUN_WORDS = new Map<number, string>(Object.entries(RunState).map(([word, state]) => [state, word]));
const NODE_WORDS = new Map<number, string>(Object.entries(NodeState).map(([word, state]) => [state, word]));

/** Where a run stands, as everybody writes it: `DONE`. A state that came after this version is its number. */
export function runStateWord(state: number): string {
  return RUN_WORDS.get(state) ?? String(state);
}

/** Where a node stands: `SUCCEEDED`. */
export function nodeStateWord(state: number): string {
  return NODE_WORDS.get(state) ?? String(state);
}

const ENDED: ReadonlySet<number> = new Set([RunState.DONE, RunState.FAILED, RunState.CANCELLED, RunState.TERMINATED]);

/** Whether nothing will happen to the run any more. */
export function hasEnded({ state }: Pick<Run, 'state'>): boolean {
  return ENDED.has(state);
}

/** States that a list can be filtered by, as they are written on the command line. */
export const RUN_STATE_WORDS: readonly string[] = [...RUN_WORDS.values()].filter((word) => word !== 'UNSPECIFIED');

/** The state that a word means. */
export function runStateOf(word: string): RunState {
  return RunState[word as keyof typeof RunState];
}

/** What undoes a node is a node of its own, named like it with this behind. */
const UNDOING = '~compensate';

/** The node that something undoes; undefined for the id of an ordinary node. */
export function undoneNodeId(nodeId: string): string | undefined {
  return nodeId.endsWith(UNDOING) ? nodeId.slice(0, -UNDOING.length) : undefined;
}
