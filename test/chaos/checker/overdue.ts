/** Times in which something was due that is nobody's task: child runs to be started, their ends to be told, waits to end. */
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { askedChildren, endedAtMs, toldChildren } from './family.ts';
import { endsRun, placedEvents, type RoundHistory, type StoredRun } from './history.ts';
import type { Interval } from './interval.ts';

/** A time in which something was due. */
export interface Overdue extends Interval {
  readonly nodeId: string;
  readonly attempt: number;
  /** A child run is to be started, its end is to be told to its parent, or a wait is to end. */
  readonly kind: 'child start' | 'child end' | 'wait';
}

/** Every such time of a run, by the times of its commits. What has not come lasts until `untilMs`. */
export function overdues({ runs }: Pick<RoundHistory, 'runs'>, run: StoredRun, untilMs: number): Overdue[] {
  const nodeEnds = endsOfNodes(run);
  const runEndMs = endedAtMs(run) ?? untilMs;
  const nobodyWaitsFrom = (nodeId: string, attempt: number): number =>
    Math.min(runEndMs, nodeEnds.get(`${nodeId}/${attempt}`) ?? untilMs);
  const told = new Map(toldChildren(run).map((child) => [child.childRunId, child.atMs] as const));
  const ofChildren = askedChildren(run).flatMap(({ childRunId, nodeId, attempt, atMs }): Overdue[] => {
    const child = runs.get(childRunId);
    const lastMs = nobodyWaitsFrom(nodeId, attempt);
    const begunMs = child?.transitions[0]?.committedAtMs ?? lastMs;
    const starting: Overdue = { nodeId, attempt, kind: 'child start', fromMs: atMs, toMs: Math.min(begunMs, lastMs) };
    const childEndMs = child && endedAtMs(child);
    if (childEndMs === undefined) return [starting];
    const toldMs = told.get(childRunId) ?? lastMs;
    return [starting, { nodeId, attempt, kind: 'child end', fromMs: childEndMs, toMs: Math.min(toldMs, lastMs) }];
  });
  return [...ofChildren, ...ofWaits(run, nobodyWaitsFrom)].filter(({ fromMs, toMs }) => toMs > fromMs);
}

function ofWaits(run: StoredRun, endsAtMs: (nodeId: string, attempt: number) => number): Overdue[] {
  return placedEvents(run).flatMap(({ event }): Overdue[] => {
    if (event.case !== 'waitStarted' || event.value.dueAt === undefined) return [];
    const { nodeId, dueAt } = event.value;
    return [{ nodeId, attempt: 1, kind: 'wait', fromMs: timestampMs(dueAt), toMs: endsAtMs(nodeId, 1) }];
  });
}

/** When each attempt of a node was over, by `NODE/ATTEMPT`. */
function endsOfNodes(run: StoredRun): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  const attempts = new Map<string, number>();
  const end = (nodeId: string, atMs: number): void => {
    const key = `${nodeId}/${attempts.get(nodeId) ?? 0}`;
    if (!ends.has(key)) ends.set(key, atMs);
  };
  for (const placed of placedEvents(run)) {
    const { event, committedAtMs } = placed;
    switch (event.case) {
      case 'nodeScheduled':
        attempts.set(event.value.nodeId, event.value.attempt);
        break;
      case 'nodeSucceeded':
      case 'nodeFailed':
      case 'nodeSkipped':
      case 'nodeCancelled':
      case 'nodeRetryScheduled':
        end(event.value.nodeId, committedAtMs);
        break;
      // What is open then is cancelled; what undoes others begins after that.
      case 'runFailing':
      case 'runCancelling':
        for (const nodeId of attempts.keys()) end(nodeId, committedAtMs);
        break;
      default:
        if (endsRun(placed)) for (const nodeId of attempts.keys()) end(nodeId, committedAtMs);
    }
  }
  return ends;
}
