import type { Interval } from './interval.ts';

/** Something that goes on in some times, and its name. */
export interface Ongoing {
  readonly name: string;
  readonly times: readonly Interval[];
}

/** What went on when most did; who ends makes room for who begins in the same moment. */
export function mostAtOnce(all: readonly Ongoing[]): { readonly atMs: number; readonly names: readonly string[] } {
  const steps = all.flatMap(({ name, times }) =>
    times
      .filter(({ fromMs, toMs }) => toMs > fromMs)
      .flatMap(({ fromMs, toMs }) => [
        { atMs: fromMs, name, by: 1 },
        { atMs: toMs, name, by: -1 },
      ]),
  );
  const open = new Map<string, number>();
  let most: { readonly atMs: number; readonly names: readonly string[] } = { atMs: 0, names: [] };
  for (const { atMs, name, by } of steps.toSorted((a, b) => a.atMs - b.atMs || a.by - b.by)) {
    const count = (open.get(name) ?? 0) + by;
    if (count === 0) open.delete(name);
    else open.set(name, count);
    if (open.size > most.names.length) most = { atMs, names: [...open.keys()] };
  }
  return most;
}
