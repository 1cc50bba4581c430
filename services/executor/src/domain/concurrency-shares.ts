/** Splits the number of tasks at once between schedulers, as evenly as it goes; each gets at least one. */
export function sharesOf(concurrency: number, schedulers: number): readonly number[] {
  return Array.from({ length: schedulers }, (_, index) =>
    Math.max(1, Math.floor(concurrency / schedulers) + (index < concurrency % schedulers ? 1 : 0)),
  );
}
