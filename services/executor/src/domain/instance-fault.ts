import type { CallFailure } from './call-failure.ts';

/** Failures that tell of the instance, not of the work it was given or of who gave it. */
const FAULTS: ReadonlySet<string> = new Set([
  'AGENT_UNREACHABLE',
  'AGENT_PROTOCOL_VIOLATION',
  'TIMEOUT',
  // Statuses of gRPC that servers give when they fail as servers.
  'UNAVAILABLE',
  'INTERNAL',
  'UNKNOWN',
  'DATA_LOSS',
  'DEADLINE_EXCEEDED',
]);

/** Whether a failure is the instance's fault, as its circuit breaker counts it. What an agent itself names is not. */
export function isInstanceFault({ code, details }: CallFailure): boolean {
  if (FAULTS.has(code)) return true;
  return code === 'AGENT_ERROR_STATUS' && Number(details?.['http_status'] ?? 0) >= 500;
}

/** Statuses of proxies and of servers that take no more: nobody has worked on the call, or nobody goes on with it. */
const ELSEWHERE_STATUSES: ReadonlySet<unknown> = new Set([429, 502, 503, 504]);

/** Whether another instance may do better at once. */
export function isWorthAnother({ code, details }: CallFailure): boolean {
  if (code === 'AGENT_UNREACHABLE' || code === 'UNAVAILABLE' || code === 'RESOURCE_EXHAUSTED') return true;
  return code === 'AGENT_ERROR_STATUS' && ELSEWHERE_STATUSES.has(details?.['http_status']);
}
