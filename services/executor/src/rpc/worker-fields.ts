/** What workers say of themselves → what is kept, or every violation at once. */
import { Code, type ConnectError } from '@connectrpc/connect';
import { skeinError, type FieldViolation } from '@skein/rpc';
import type { AgentCard } from '@skein/contracts/agent';
import type { Register } from '@skein/contracts/worker';
import semver from 'semver';
import type { WorkerRegistration } from '../app/worker-registrar.ts';

const ID = /^[A-Za-z0-9_.-]{1,128}$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What both ways to dial in say. */
export type Introduction = Pick<Register, 'namespace' | 'workerId' | 'card'> &
  Partial<Pick<Register, 'agentType' | 'labels' | 'config'>>;

/**
 * A worker's registration; what else there is to check, the registry checks.
 * @throws INVALID_FIELD.
 */
export function registrationOf(said: Introduction, place: string): WorkerRegistration {
  const violations: FieldViolation[] = [];
  const check = (isGood: boolean, field: string, description: string): void => {
    if (!isGood) violations.push({ field: `${place}${field}`, description, reason: 'INVALID_VALUE' });
  };
  const { namespace, workerId, card, agentType = '', labels = {}, config } = said;
  const { agentId = '', version = '' } = card ?? {};
  check(
    namespace === '' || NAMESPACE.test(namespace),
    'namespace',
    'give 1 to 63 lower-case letters, digits and hyphens',
  );
  check(ID.test(workerId), 'worker_id', 'give 1 to 128 letters, digits, "_", "." and "-"');
  check(ID.test(agentId), 'card.agent_id', 'give 1 to 128 letters, digits, "_", "." and "-"');
  check(semver.valid(version) === version && version !== '', 'card.version', 'give a semantic version such as 1.4.0');
  if (violations.length > 0) throw invalid(violations);
  return {
    namespace: namespace || 'default',
    agentId,
    workerId,
    card: card as AgentCard,
    agentType,
    labels,
    config,
  };
}

/** A request with wrong fields. */
export function invalid(violations: readonly FieldViolation[]): ConnectError {
  return skeinError({
    reason: 'INVALID_FIELD',
    code: Code.InvalidArgument,
    message: violations.map(({ field, description }) => `${field}: ${description}`).join('; '),
    place: violations[0]?.field ?? '',
    remedy: violations[0]?.description ?? '',
    violations,
  });
}
