import { AuditSeverity, type AuditFinding, type ServiceAudit } from '@skein/contracts/doctor';
import { apiAddress } from '../api/address.ts';
import { createApi } from '../api/api.ts';
import type { Session } from '../session.ts';
import { troubleOf } from '../trouble.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

/** Audits may read much. */
const AUDIT_MS = 90_000;

/** What every service says about what it has stored. Nothing where the platform does not answer: others say so. */
export async function checkAudits({ settings, host }: Session, repair: boolean): Promise<Finding[]> {
  try {
    const { doctor } = createApi(await apiAddress(settings), settings.namespace, host.interrupted);
    const { audits } = await doctor.audit({ repair }, { timeoutMs: AUDIT_MS });
    return audits.flatMap(findingsOf);
  } catch (error) {
    const { message, remedy } = troubleOf(error);
    return [problem('stored data', `could not be checked: ${message}`, remedy.replace('; see `skein doctor`', ''))];
  }
}

function findingsOf({ service, checks, findings, unavailable }: ServiceAudit): Finding[] {
  const check = `${service} data`;
  if (unavailable !== '') return [problem(check, `could not be checked: ${unavailable}`, 'see the log of the service')];
  if (findings.length === 0) return [ok(check, `${checks} checks, nothing found`)];
  return findings.map((finding) => findingOf(`${service} ${finding.code}`, finding));
}

function findingOf(check: string, { severity, count, samples, message, remedy, mended }: AuditFinding): Finding {
  const more = count > BigInt(samples.length) ? ', …' : '';
  const detail = `${message} (${count}: ${samples.join(', ')}${more})`;
  if (mended >= count) return ok(check, `${detail}; mended`);
  const partly = mended > 0n ? `; ${mended} of them mended` : '';
  return (severity === AuditSeverity.WARNING ? warning : problem)(check, `${detail}${partly}`, remedy);
}
