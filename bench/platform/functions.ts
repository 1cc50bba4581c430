/** In-process agents of the benchmark, by name. */
export const benchFunctions = {
  /** Does nothing. */
  noop: () => 1,
};
