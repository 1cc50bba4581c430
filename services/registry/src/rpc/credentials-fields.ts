/** What a registration says of credentials. Only names: what they stand for is the executors'. */
import type { RegisterAgentRequest } from '@skein/contracts/registry';
import type { Credentials } from '../domain/agent-record.ts';
import { formOf } from '../domain/endpoint.ts';
import { idOf } from './request-fields.ts';
import type { Violations } from './violations.ts';

const HEADER = /^[a-z0-9-]{1,64}$/;
/** What calls have anyway, or what the connection is made of. */
const TAKEN =
  /^(x-run-.*|x-session-id|idempotency-key|traceparent|tracestate|a2a-version|skein-.*|grpc-.*|content-.*|accept|host|connection|transfer-encoding|te|trailer|upgrade|keep-alive|expect|user-agent)$/;

export function credentialsOf(
  { credentials, endpoints }: RegisterAgentRequest,
  violations: Violations,
): Credentials | undefined {
  if (credentials === undefined) return undefined;
  const { header } = credentials;
  const secret = idOf('credentials.secret', credentials.secret, violations);
  if (header !== '' && !HEADER.test(header)) {
    violations.add('credentials.header', 'give 1 to 64 lower-case letters, digits and "-", or leave it out');
  } else if (TAKEN.test(header))
    violations.add('credentials.header', 'give a header that the platform does not set itself');
  const form = formOf(endpoints[0] ?? '');
  if (form === 'in_process' || form === 'worker') {
    violations.add('credentials', 'leave it out: nobody is called over a network');
  }
  return { secret, header };
}
