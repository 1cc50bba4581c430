/** What one check found. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  /** `warning`: it works, but somebody should look. */
  readonly level: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  /** What to do about it. Empty: nothing. */
  readonly remedy: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, level: 'ok', detail, remedy: '' };
}

export function warning(check: string, detail: string, remedy: string): Finding {
  return { check, level: 'warning', detail, remedy };
}

export function problem(check: string, detail: string, remedy: string): Finding {
  return { check, level: 'problem', detail, remedy };
}

/** The words of an error, its cause's where it only wraps one. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' && error.cause instanceof Error ? error.cause.message : error.message;
}
