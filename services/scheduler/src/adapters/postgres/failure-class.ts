import pg from 'pg';

/**
 * What a failed statement means. `outcome_unknown`: it may or may not have been done. `refused`: the data itself is
 * unacceptable and always will be. `transient`: nothing was done, and the same may succeed later.
 */
export type FailureClass = 'outcome_unknown' | 'transient' | 'refused';

/** 08: connection exception; 57P0x: the server is shut down, crashed or starting. */
const BROKEN = /^(?:08|57P0)/;
/** 21: cardinality; 22: data exception; 23: constraint; 54: limit exceeded; P0: raised on purpose; XX: corrupted data. */
const REFUSED = /^(?:21|22|23|54|P0|XX)/;

/**
 * The class of what the driver threw: https://www.postgresql.org/docs/current/errcodes-appendix.html. Whatever is not
 * certainly about the data is worth another try: a missing right or table is nothing that a run should be set aside for.
 */
export function failureClass(error: unknown): FailureClass {
  // Only the server's own errors carry an SQLSTATE. A socket's code can look like one: EPIPE.
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return 'outcome_unknown';
  if (BROKEN.test(error.code)) return 'outcome_unknown';
  return REFUSED.test(error.code) ? 'refused' : 'transient';
}
