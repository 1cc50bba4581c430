import type { RunRetention } from '../app/retention/run-retention.ts';

/** Where runs are kept for ever: nothing is due, and nobody deletes. */
export const NO_RETENTION: RunRetention = {
  deleteExpired: () => Promise.resolve(0),
  deleteRun: () => Promise.resolve({ kind: 'unknown' }),
  unconfirmed: () => Promise.resolve([]),
  confirm: () => Promise.resolve(),
  forget: () => Promise.resolve(0),
};
