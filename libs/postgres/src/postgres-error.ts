/** Why this package refused to go on. Stable: tests, dashboards and documentation name them. */
export type PostgresReason =
  | 'EMBEDDED_UNSUPPORTED'
  | 'EMBEDDED_INIT_FAILED'
  | 'EMBEDDED_START_FAILED'
  | 'EMBEDDED_DATA_INACCESSIBLE'
  | 'EMBEDDED_DATA_VERSION'
  | 'EMBEDDED_LOCK_TIMEOUT'
  | 'DURABILITY_OFF'
  | 'MIGRATION_NAME_INVALID'
  | 'MIGRATION_CHANGED'
  | 'MIGRATION_FAILED'
  | 'DATABASE_NEWER';

/** A refusal with its stable reason, what happened, and what to do about it. */
export class PostgresError extends Error {
  readonly reason: PostgresReason;
  /** What the operator can do. */
  readonly mend: string;

  constructor(reason: PostgresReason, problem: string, mend: string, cause?: unknown) {
    super(`${problem}; ${mend}`, { cause });
    this.name = 'PostgresError';
    this.reason = reason;
    this.mend = mend;
  }
}
