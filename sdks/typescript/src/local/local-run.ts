import type { JsonValue } from '@bufbuild/protobuf';
import type { NodeRun, RunState } from '@skein/domain';
import { SkeinError } from '../client/skein-error.ts';
import type { LocalCell } from './local-engine.ts';
import type { LocalEvent } from './local-event.ts';
import { errorOfFailure } from './local-failure.ts';

/** A run that has ended. */
export interface LocalRun<Output = JsonValue> {
  readonly runId: string;
  readonly workflowId: string;
  readonly state: 'DONE' | 'FAILED' | 'CANCELLED' | 'TERMINATED';
  /** Null where it did not end in state DONE. */
  readonly output: Output;
  /** Why it did not end well. Undefined: it ended in state DONE. */
  readonly error: SkeinError | undefined;
  /** All of its own, in order; those of its child runs are theirs. */
  readonly events: readonly LocalEvent[];
  /** By node id; nodes that it never came to are not there. */
  readonly nodes: Readonly<Record<string, LocalNode>>;
  /** The runs that map, loop and subworkflow nodes made, in the order of their start. */
  readonly childRuns: readonly LocalRun[];
}

/** What became of a node. */
export interface LocalNode {
  readonly state: 'SUCCEEDED' | 'FAILED' | 'SKIPPED' | 'CANCELLED';
  /** 0: it never came to one. */
  readonly attempts: number;
  /** Null where it did not succeed. */
  readonly output: JsonValue;
  readonly error: SkeinError | undefined;
}

/** The run of a cell that has ended, with its children among the cells. */
export function localRun<Output>(cell: LocalCell, cells: ReadonlyMap<string, LocalCell>): LocalRun<Output> {
  return runOf(
    cell,
    Map.groupBy(cells.values(), ({ state }) => state?.parent?.runId),
  );
}

type Children = ReadonlyMap<string | undefined, readonly LocalCell[]>;

function runOf<Output>({ state, events, runId }: LocalCell, children: Children): LocalRun<Output> {
  if (state === undefined) throw new RangeError(`run ${runId} has not begun`);
  return {
    runId,
    workflowId: state.workflowId,
    state: state.status as LocalRun['state'],
    output: (state.output?.value ?? null) as Output,
    error: errorOf(state),
    events,
    nodes: Object.fromEntries(Array.from(state.nodes.values(), (node) => [node.id, localNode(node)])),
    childRuns: (children.get(runId) ?? []).map((child) => runOf(child, children)),
  };
}

function errorOf({ runId, status, failure, failedNodeId, cancelReason }: RunState): SkeinError | undefined {
  if (status === 'DONE') return undefined;
  if (status === 'FAILED' && failure !== undefined) return errorOfFailure(failure);
  const why = cancelReason === '' ? (failure?.message ?? '') : cancelReason;
  const message = `run ${runId} ended in state ${status}${why === '' ? '' : `: ${why}`}`;
  const place = failedNodeId === '' ? `runs.${runId}` : `nodes.${failedNodeId}`;
  return new SkeinError({ code: 'FAILED', reason: status, message, place });
}

function localNode({ status, attempt: attempts, output, failure }: NodeRun): LocalNode {
  return {
    state: status as LocalNode['state'],
    attempts,
    output: (output?.value ?? null) as JsonValue,
    error: failure === undefined ? undefined : errorOfFailure(failure),
  };
}
