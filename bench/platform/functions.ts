import { randomBytes } from 'node:crypto';

/** In-process agents of the benchmark, by name. */
export const benchFunctions = {
  /** Answers 1 KiB of JSON text that Postgres cannot compress. */
  kilobyte: () => randomBytes((1024 * 3) / 4 - 2).toString('base64'),
  /** Does nothing. */
  noop: () => 1,
};
