import { ExpressionError, type ExpressionErrorCode } from './errors.ts';

/**
 * A failed evaluation, as a value. Errors are values because CEL's `&&`, `||`, `all` and `exists` absorb
 * them: raising and catching would cost microseconds for every missing key.
 */
export class Fault {
  readonly code: ExpressionErrorCode;
  readonly reason: string;
  readonly site: Site;

  constructor(code: ExpressionErrorCode, reason: string, site: Site) {
    this.code = code;
    this.reason = reason;
    this.site = site;
  }

  /** A broken limit is never absorbed: the evaluation ends at once. */
  get fatal(): boolean {
    return this.code === 'LIMIT';
  }
}

/** Where in the source an operation stands. */
export interface Site {
  /** In UTF-16 units from the start of the source. */
  readonly offset: number;
  /** The text of the operation. For an access path it names the path. */
  readonly text: string;
}

/** The operation cannot take these values. */
export function valueFault(site: Site, reason: string): Fault {
  return new Fault('VALUE', reason, site);
}

/** The evaluation breaks a limit. */
export function limitFault(site: Site, reason: string): Fault {
  return new Fault('LIMIT', reason, site);
}

/** The path is not in the data. */
export function missingFault(site: Site): Fault {
  return new Fault('MISSING_KEY', `no such key: ${site.text}`, site);
}

/** The fault as an error that names the expression. */
export function raised(fault: Fault, source: string): ExpressionError {
  return new ExpressionError({
    code: fault.code,
    reason: fault.reason,
    source,
    offset: fault.site.offset,
    subject: fault.site.text,
    mend: fault.code === 'MISSING_KEY' ? missingMend(fault.site.text) : undefined,
  });
}

function missingMend(path: string): string {
  return /\.\w+$/.test(path) ? `test it first with has(${path}), or make sure it is there` : 'make sure it is there';
}
