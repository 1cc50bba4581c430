/** Which executors instances are given to. Pure. */
import type { AssignmentRecord, HostExecutor } from './deployment-record.ts';

/** An executor for each of `count` instances: the one with the fewest of this deployment, then of all. */
export function place(
  count: number,
  runtime: string,
  own: readonly AssignmentRecord[],
  executors: readonly HostExecutor[],
): readonly string[] {
  const fitting = executors
    .filter(({ runtimes }) => runtimes.includes(runtime))
    .map(({ executorId, assigned, capacity }) => ({
      executorId,
      own: own.filter((assignment) => assignment.executorId === executorId).length,
      assigned,
      capacity,
    }));
  const placed: string[] = [];
  while (placed.length < count) {
    const [best] = fitting
      .filter(({ assigned, capacity }) => assigned < capacity)
      .toSorted((a, b) => a.own - b.own || a.assigned - b.assigned || (a.executorId < b.executorId ? -1 : 1));
    if (best === undefined) break;
    best.own += 1;
    best.assigned += 1;
    placed.push(best.executorId);
  }
  return placed;
}

/** Why no executor was found. */
export function noPlace(runtime: string, executors: readonly HostExecutor[]): string {
  if (!executors.some(({ runtimes }) => runtimes.includes(runtime))) {
    const [kind, name = ''] = runtime.split(/\.(.*)/, 2);
    if (name !== '')
      return `no executor has the function ${name}: start one that has it, with SKEIN_EXECUTOR_RUNTIMES=${kind}`;
    return `no executor has the runtime ${runtime}: start one with SKEIN_EXECUTOR_RUNTIMES=${runtime}`;
  }
  return `no executor with the runtime ${runtime} has room: start another, or raise SKEIN_EXECUTOR_CAPACITY`;
}
