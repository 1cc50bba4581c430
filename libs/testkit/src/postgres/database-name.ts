import { randomBytes } from 'node:crypto';

export const TEST_DATABASE_PREFIX = 'skein_test_';

/** A new name that says which process uses the database, so that it can be dropped when that process is gone. */
export function newDatabaseName(): string {
  return `${TEST_DATABASE_PREFIX}${process.pid}_${randomBytes(6).toString('hex')}`;
}

/** Process id of the owner; 0 when the name is not of ours. */
export function databaseOwner(name: string): number {
  return Number(/^skein_test_(\d+)_/.exec(name)?.[1] ?? 0);
}
