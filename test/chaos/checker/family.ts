/** How the runs of a round belong together: child runs, and what goes on from others. */
import { endsRun, placedEvents, type PlacedEvent, type RoundHistory, type StoredRun } from './history.ts';

/** What stands behind the name of a node that undoes another one. */
const UNDOING = '~compensate';

/** What a run's first event says of where it comes from. */
export function startOf(run: StoredRun) {
  const [first] = placedEvents(run);
  return first?.event.case === 'runStarted' ? first.event.value : undefined;
}

/** The run that this one goes on from; empty: none. */
export function forkedFrom(run: StoredRun): string {
  return startOf(run)?.forkedFrom?.runId ?? '';
}

/** Whether a run was started by a client, and not for another run. */
export function isOwn(run: StoredRun): boolean {
  return run.parentRunId === '' && forkedFrom(run) === '';
}

/** Child runs by the id of their parent. */
export function childrenByParent({ runs }: Pick<RoundHistory, 'runs'>): ReadonlyMap<string, readonly StoredRun[]> {
  return Map.groupBy(
    [...runs.values()].filter(({ parentRunId }) => parentRunId !== ''),
    ({ parentRunId }) => parentRunId,
  );
}

/** Whether an agent has started a run with the token of its call, so that its parent never asked for it. */
export function isCalled(run: StoredRun): boolean {
  return startOf(run)?.parent?.called === true;
}

/** Runs that agents have started, by the id of their parent. */
export function calledChildren(history: Pick<RoundHistory, 'runs'>): ReadonlyMap<string, readonly StoredRun[]> {
  return new Map(
    [...childrenByParent(history)].map(([parentRunId, children]) => [parentRunId, children.filter(isCalled)] as const),
  );
}

/** The child runs of a run, theirs, and so on. */
export function descendantsOf(runId: string, byParent: ReadonlyMap<string, readonly StoredRun[]>): StoredRun[] {
  return (byParent.get(runId) ?? []).flatMap((child) => [child, ...descendantsOf(child.runId, byParent)]);
}

/** When the end of a run was durable; undefined: it is open. */
export function endedAtMs(run: StoredRun): number | undefined {
  return endOf(run)?.committedAtMs;
}

/** The event that ended a run. */
export function endOf(run: StoredRun): PlacedEvent | undefined {
  return placedEvents(run).find(endsRun);
}

/** A child run as its parent asked for it. */
export interface AskedChild {
  readonly childRunId: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly index: number;
  readonly atMs: number;
}

/** Every child run that a run asked for. */
export function askedChildren(run: StoredRun): AskedChild[] {
  return placedEvents(run).flatMap(({ event, committedAtMs: atMs }) => {
    if (event.case !== 'childRunsStarted') return [];
    const { nodeId, attempt, firstIndex, childRunIds } = event.value;
    return childRunIds.map((childRunId, offset) => ({ childRunId, nodeId, attempt, index: firstIndex + offset, atMs }));
  });
}

/** An end of a child run as its parent was told of it. */
export interface ToldChild {
  readonly childRunId: string;
  readonly nodeId: string;
  readonly attempt: number;
  readonly index: number;
  readonly succeeded: boolean;
  readonly atMs: number;
}

/** Every end of a child run that a run was told of. */
export function toldChildren(run: StoredRun): ToldChild[] {
  return placedEvents(run).flatMap(({ event, committedAtMs: atMs }) => {
    if (event.case !== 'childRunEnded') return [];
    const { nodeId, attempt, index, childRunId, outcome } = event.value;
    return [{ childRunId, nodeId, attempt, index, succeeded: outcome.case === 'output', atMs }];
  });
}

/** Whether a node undoes another one. */
export function isUndoing(nodeId: string): boolean {
  return nodeId.endsWith(UNDOING);
}

/** The node that undoes another one. */
export function undoingOf(nodeId: string): string {
  return `${nodeId}${UNDOING}`;
}
