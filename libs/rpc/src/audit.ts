/**
 * The audit of one service: a list of checks, each of which finds one kind of defect in what the service has stored.
 *
 * A1. Looking changes nothing. Mending is asked for, and each mend is safe to repeat and while the service works.
 * A2. A check that fails fails the audit: what could not be looked at is not healthy.
 */
import type { ServiceImpl } from '@connectrpc/connect';
import { AuditSeverity, DoctorService } from '@skein/contracts/doctor';
import { bind, type ServiceBinding } from './service-binding.ts';

/** What a check found. */
export interface Defects {
  /** 0: all is well. */
  readonly count: number;
  /** Names of some, at most 10. */
  readonly samples: readonly string[];
}

/** Looks for one kind of defect. */
export interface AuditCheck {
  /** Stable UPPER_SNAKE_CASE code. */
  readonly code: string;
  /** `problem`: a promise is broken or about to be. `warning`: it works, but somebody should look. */
  readonly severity: 'warning' | 'problem';
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  readonly find: () => Promise<Defects>;
  /** Mends what is safe to mend; answers how many were. */
  readonly mend?: () => Promise<number>;
}

const SEVERITIES = { warning: AuditSeverity.WARNING, problem: AuditSeverity.PROBLEM } as const;

/** Serves the audit of a service. `typed` turns what a check throws into the error that the caller gets. */
export function auditBinding(
  service: string,
  checks: readonly AuditCheck[],
  typed: (error: unknown) => unknown,
): ServiceBinding {
  const audit: ServiceImpl<typeof DoctorService>['audit'] = async ({ repair }) => {
    try {
      const findings = [];
      for (const check of checks) {
        const { count, samples } = await check.find();
        if (count === 0) continue;
        const { code, message, remedy, mend } = check;
        const mended = repair && mend !== undefined ? await mend() : 0;
        findings.push({
          code,
          severity: SEVERITIES[check.severity],
          count: BigInt(count),
          samples: [...samples],
          message,
          remedy,
          mendable: mend !== undefined,
          mended: BigInt(mended),
        });
      }
      return { audits: [{ service, checks: checks.length, findings }] };
    } catch (error) {
      throw typed(error);
    }
  };
  return bind(DoctorService, { audit });
}
